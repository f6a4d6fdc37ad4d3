"""EC2 as moto keeps it: with `stacks.py`, `subnets.py` and `types_of_tags.py`, all that touches its own objects.

The API cannot set a launch time nor a tag in AWS's reserved namespace, so what moto leaves off is put right here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from ..facts import Facts
from .stacks import Stacks
from .types_of_tags import name_types_as_ec2_does

ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class Reachable:
    """A port range that the internet reaches, with the components on the way (AWS's ids and types)."""

    protocol: str
    begin: int
    end: int
    path: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Instance:
    """One EC2 instance, as far as Inspector and Systems Manager look at it."""

    instance_id: str
    image_id: str
    type: str
    state: str
    launched_at: datetime
    private_ip: str
    addresses: tuple[str, ...]
    vpc_id: str
    subnet_id: str
    key_name: str | None
    profile_arn: str | None
    tags: Mapping[str, str]


class Ec2:
    """Look at one Region's instances in moto's EC2, and fix what moto leaves off them."""

    def __init__(self, account: str, region: str) -> None:
        self._account, self._region = account, region
        name_types_as_ec2_does()

    @cached_property
    def _ec2(self) -> Any:
        """Have moto make its EC2 of this Region when it is first needed, which costs time."""
        from moto.ec2.models import ec2_backends

        return ec2_backends[self._account][self._region]

    @cached_property
    def _groups(self) -> Any:
        from moto.autoscaling.models import autoscaling_backends

        return autoscaling_backends[self._account][self._region]

    @cached_property
    def stacks(self) -> Stacks:
        """Find the stacks of CloudFormation."""
        from moto.cloudformation.models import cloudformation_backends

        return Stacks(cloudformation_backends[self._account][self._region], self._ec2)

    def instances(self) -> list[Instance]:
        """List every instance that moto remembers, terminated ones too, oldest first."""
        return [self._look(raw) for raw in self._raw()]

    def add_image(self, image_id: str, facts: Facts) -> None:
        """Make a machine image known that Amazon owns, as the public ones are."""
        from moto.ec2.models.amis import Ami

        self._ec2.amis[image_id] = Ami(
            self._ec2,
            image_id,
            name=facts.ami_name,
            description=f"{facts.system.name} {facts.system.version} AMI {facts.ami_name}",
            owner_id="137112412989",
            owner_alias="amazon",
            public=True,
            virtualization_type="hvm",
            architecture=facts.architecture,
            platform="windows" if facts.system.kind == "Windows" else None,
            hypervisor="xen",
            root_device_type="ebs",
            root_device_name="/dev/xvda",
            image_location=f"amazon/{facts.ami_name}",
            creation_date=facts.image_released.replace(tzinfo=None),
        )

    def launched(self, instance_id: str, at: datetime) -> None:
        """Set the launch time, which moto takes from the real clock."""
        for raw in self._raw():
            if raw.id == instance_id:
                raw.launch_time = at.replace(tzinfo=None)

    def tag_as_cloudformation_does(self) -> None:
        """Give the hosts of a stack's Auto Scaling groups the stack's tags.

        CloudFormation tags the group with those and with `aws:cloudformation:*`, and has them propagate at launch
        (AWS CloudFormation user guide, resource tags); moto does neither, and the API refuses `aws:` tags.
        """
        for stack in self.stacks.all():
            for logical_id in stack.resource_map:
                group = getattr(stack.resource_map[logical_id], "physical_resource_id", None)
                for raw in self._members(group):
                    raw.add_tags(
                        dict(stack.tags)
                        | {
                            "aws:cloudformation:stack-name": stack.name,
                            "aws:cloudformation:stack-id": stack.stack_id,
                            "aws:cloudformation:logical-id": logical_id,
                        }
                    )

    def tag_addresses_by_id(self) -> None:
        """Move the tags of Elastic IPs to their allocation ids; moto keeps those of a stack's by the address."""
        for address in self._ec2.addresses:
            tags = self._ec2.tags.pop(address.public_ip, None)
            if tags and address.allocation_id:
                self._ec2.create_tags([address.allocation_id], tags)

    def reachable(self, instance_id: str) -> list[Reachable]:
        """List the port ranges of an instance that the internet reaches: public address, gateway, open group."""
        for raw in self._raw():
            if raw.id == instance_id and raw.state == "running":
                return list(self._reachable(raw))
        return []

    def _reachable(self, raw: Any) -> Iterator[Reachable]:
        gateway = self._gateway(raw.subnet_id, raw.vpc_id)
        if not gateway or not raw.public_ip:
            return
        for number in sorted(raw.nics):
            nic = raw.nics[number]
            for group in nic.group_set:
                for rule in group.ingress_rules:
                    if rule.ip_range.get("CidrIp") != ANYWHERE or rule.ip_protocol not in ("tcp", "udp"):
                        continue
                    path = (
                        (gateway, "AWS::EC2::InternetGateway"),
                        (self._acl(raw.subnet_id), "AWS::EC2::NetworkAcl"),
                        (group.id, "AWS::EC2::SecurityGroup"),
                        (nic.id, "AWS::EC2::NetworkInterface"),
                        (raw.id, "AWS::EC2::Instance"),
                    )
                    yield Reachable(rule.ip_protocol.upper(), int(rule.from_port), int(rule.to_port), path)

    def _gateway(self, subnet_id: str, vpc_id: str) -> str | None:
        tables = list(self._ec2.route_tables.values())
        # moto keeps what a template associates apart from what the API associates.
        templated = {f"{table.id}:{subnet_id}": table for table in tables}
        own = [table for key, table in templated.items() if key in self._ec2.subnet_associations]
        own += [table for table in tables if subnet_id in [link.get("SubnetId") for link in table.associations]]
        main = [table for table in tables if table.vpc_id == vpc_id and table.main_association_id]
        for table in own or main:
            for route in table.routes:
                if route.destination_cidr_block == ANYWHERE and route.gateway is not None:
                    return str(route.gateway.id)
        return None

    def _acl(self, subnet_id: str) -> str:
        for acl in self._ec2.network_acls.values():
            if any(link.subnet_id == subnet_id for link in acl.associations):
                return str(acl.id)
        return "acl-default"

    def _members(self, group: str | None) -> Iterator[Any]:
        found = self._groups.autoscaling_groups.get(group or "")
        pooled = getattr(found.warm_pool, "instance_states", []) if found else []
        for state in [*found.instance_states, *pooled] if found else []:
            yield state.instance

    def _raw(self) -> Iterator[Any]:
        for reservation in self._ec2.reservations.values():
            yield from reservation.instances

    def _look(self, raw: Any) -> Instance:
        public = [raw.public_ip] if raw.public_ip else []
        return Instance(
            instance_id=raw.id,
            image_id=raw.image_id,
            type=raw.instance_type,
            state=raw.state,
            launched_at=_aware(raw.launch_time),
            private_ip=raw.private_ip or "",
            addresses=(*public, raw.private_ip),
            vpc_id=raw.vpc_id or "",
            subnet_id=raw.subnet_id or "",
            key_name=raw.key_name or None,
            profile_arn=self._profile(raw),
            tags={tag["key"]: tag["value"] for tag in raw.get_tags()},
        )

    def _profile(self, raw: Any) -> str | None:
        profile = raw.iam_instance_profile
        if isinstance(profile, dict):
            return profile.get("Arn") or None
        if isinstance(profile, str) and profile:
            return profile if profile.startswith("arn:") else f"arn:aws:iam::{self._account}:instance-profile/{profile}"
        return None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
