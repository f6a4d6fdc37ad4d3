"""As `workshop`, but the stack has hosts of other systems too: Windows, Ubuntu, RHEL, AlmaLinux and Amazon Linux 2.

All are patched by one command, each by the baseline of its own system. In `mixed-estate-missed` one of them, the
database on RHEL 9, got no command: the hosts were named by id, and one id was forgotten.
"""

from typing import TYPE_CHECKING

from ..hosts.fleet import install_optional
from ..world import World
from . import esm, other_systems, workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

# What each host is for, with the folder of its system's facts.
_HOSTS = {
    "Directory": "windows-server-2022",
    "Worker": "ubuntu-22.04",
    "Video": "ubuntu-22.04",
    "Build": "ubuntu-24.04",
    "Database": "rhel-9",
    "Graviton": "rhel-9/kernel-64k",
    "Legacy": "amazon-linux-2",
    "Mail": "rhel-8",
    "Proxy": "almalinux-9",
}
_SUBSCRIBED = "pww-Video"
_MISSED = "pww-Database"
_HOST = """
  {name}:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: {image}
      InstanceType: {size}
      IamInstanceProfile: !Ref NodeProfile
      SubnetId: !Ref PrivateSubnet
      SecurityGroupIds: [!Ref NodeSecurityGroup]
      Tags:
        - {{Key: Name, Value: pww-{name}}}
"""


def _launched() -> dict[str, tuple[str, str]]:
    return {name: other_systems.IMAGES[facts] for name, facts in _HOSTS.items()}


def deploy(aws: "Simulator") -> None:
    """Launch the stack with a host of each system; one of Ubuntu's is attached to Ubuntu Pro."""
    for facts in dict.fromkeys(_HOSTS.values()):
        aws.know_image(other_systems.IMAGES[facts][0], facts)
    hosts = (_HOST.format(name=name, image=image, size=size) for name, (image, size) in _launched().items())
    workshop.deploy(aws, "".join(hosts))
    aws.fleet.notice()
    (host,) = aws.fleet.select([("tag:Name", [_SUBSCRIBED])])
    host.pro = True
    install_optional(host, aws.fleet.facts(host), *esm.PACKAGES)
    workshop.have_scanned(aws)


def patch(aws: "Simulator") -> None:
    """Patch every host of the stack, but for one where the defect is."""
    other_systems.approve_everything(aws)
    if aws.world.name.startswith("mixed-estate-missed") and not aws.world.fixed:
        (missed,) = aws.fleet.select([("tag:Name", [_MISSED])])
        stack = aws.fleet.select([("tag:Name", ["pww-node", "pww-RedTeamHost", *(f"pww-{name}" for name in _HOSTS)])])
        ids = [host.instance_id for host in stack if host is not missed]
        workshop.run_patch_baseline(aws, "Install", Targets=[{"Key": "InstanceIds", "Values": ids}])
    else:
        workshop.run_patch_baseline(aws, "Install")


WORLDS = (
    World(
        name="mixed-estate",
        story="Windows, Ubuntu with Pro and without, RHEL 8 and 9, AlmaLinux, Amazon Linux 2 and 2023.",
        red=frozenset(),
        deploy=deploy,
        remediate=patch,
    ),
    World(
        name="mixed-estate-missed",
        story="Of an estate of several systems the patch command left out one host, which runs RHEL 9.",
        red=frozenset({"PATCH-1", "PATCH-2", "FIND-4"}),
        deploy=deploy,
        remediate=patch,
    ),
)
