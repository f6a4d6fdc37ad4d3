"""Putting the parts of one simulator together."""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .deployment import known_regions
from .hosts.buckets import Buckets
from .hosts.ec2 import Ec2
from .hosts.subnets import FullSubnets
from .regional import Regional, build_region
from .wire.call import Callers
from .wire.errors import AwsError
from .wire.faults import Faults
from .wire.front import Front, Operations, Ours, Step, refuse_oversized, refuse_unsigned
from .wire.moto_behind import MotoBehind
from .wire.pages import Pages
from .wire.permissions import Permissions

if TYPE_CHECKING:
    from .simulator import Simulator


@dataclass(frozen=True)
class Parts:
    """What a simulator is made of, as far as worlds and tests reach for it: `here` is the Region of the world."""

    front: Front
    permissions: Permissions
    faults: Faults
    buckets: Buckets
    here: Regional


def build(aws: "Simulator", *, anew: bool = True) -> Parts:
    """Build a simulator's services around moto, which is reset first if it is `anew`."""
    account, region, clock = aws.account, aws.region, aws.clock
    ec2 = _moto(account, region, anew=anew)
    buckets = Buckets(account)
    here = build_region(clock, buckets, Pages("pages"), ec2, account, region, scanned=True)
    callers = Callers(account, aws.operator_key)
    permissions = Permissions(callers, aws.let_time_pass, lambda arn: here.tags.find_by_arn(arn) or {})
    faults = Faults(callers, aws.let_time_pass)
    steps: list[Step] = [
        refuse_oversized,
        refuse_unsigned,
        aws.only_the_latest,
        permissions,
        faults,
        Ours(here.services, region, aws.before_each, _elsewhere(aws, buckets)),
        FullSubnets(account),
        aws.beside_moto,
    ]
    return Parts(Front(steps, MotoBehind(account)), permissions, faults, buckets, here)


def _elsewhere(aws: "Simulator", buckets: Buckets) -> Callable[[str], dict[str, Operations]]:
    """Return what builds the services of another Region when it is first asked: nobody has set up anything there."""
    built: dict[str, Regional] = {}

    def services(region: str) -> dict[str, Operations]:
        if region not in known_regions():
            raise AwsError("NotImplemented", f"the simulated AWS has no region {region!r}", status=501)
        if region not in built:
            pages, ec2 = Pages(f"pages in {region}"), Ec2(aws.account, region)
            built[region] = build_region(aws.clock, buckets, pages, ec2, aws.account, region, scanned=False)
        return built[region].services

    return services


def _moto(account: str, region: str, *, anew: bool) -> Ec2:
    # moto makes boto3 sessions of its own while it is imported, and one of them fails on a profile that does not exist.
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        os.environ.pop(name, None)
    from moto.core.base_backend import BackendDict
    from moto.core.model_instances import reset_model_data
    from moto.moto_api._internal import mock_random

    from .hosts import owners  # noqa: F401 - makes types of resources known to moto

    with _no_public_images():
        if not anew:
            return Ec2(account, region)
        BackendDict.reset()
        reset_model_data()
        ec2 = Ec2(account, region)
        ec2.instances()  # moto makes its EC2 when it is first asked
    # moto's ids come from this one source: seeded, they are the same in every run.
    mock_random.seed("postpatch")
    return ec2


@contextlib.contextmanager
def _no_public_images() -> Iterator[None]:
    """Keep moto from making objects of 1,300 public images, of which a world uses one (moto's own setting)."""
    setting = "MOTO_EC2_LOAD_DEFAULT_AMIS"
    before = os.environ.get(setting)
    os.environ[setting] = "false"
    try:
        yield
    finally:
        os.environ.pop(setting)
        if before is not None:
            os.environ[setting] = before
