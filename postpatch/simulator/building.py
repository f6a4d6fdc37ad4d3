"""Putting the parts of one simulator together."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .hosts.beanstalk import BeanstalkOperations
from .hosts.buckets import Buckets
from .hosts.ec2 import Ec2
from .hosts.fleet import Fleet
from .hosts.image_builder import ImageBuilderOperations, ImagePipelines
from .hosts.neighbours import Neighbours
from .hosts.resource_groups import ResourceGroupOperations
from .inspector2.account import AccountOperations
from .inspector2.cis import CisOperations
from .inspector2.cis_scans import CisScans
from .inspector2.configuration import ConfigurationOperations
from .inspector2.coverage import CoverageOperations
from .inspector2.deep_inspection import DeepInspectionOperations
from .inspector2.list_findings import FindingOperations
from .inspector2.scanner import Scanner
from .inspector2.suppression import Suppression
from .inspector2.tags import TagOperations
from .inspector_classic.classic import Classic
from .kept_tags import KeptTags
from .kms import KmsOperations
from .quick_setup.operations import QuickSetupOperations
from .quick_setup.patch_policies import PatchPolicies
from .ssm.association_changes import AssociationChanges
from .ssm.association_operations import AssociationOperations
from .ssm.associations import Associations
from .ssm.available_patches import AvailablePatchOperations
from .ssm.baseline_operations import BaselineOperations
from .ssm.baselines import Baselines
from .ssm.command_operations import CommandOperations
from .ssm.commands import Commands
from .ssm.inventory import InventoryOperations
from .ssm.nodes import NodeOperations
from .ssm.patch_reports import PatchReports
from .ssm.patching import Patching
from .ssm.state_manager import StateManager
from .ssm.tags import TagOperations as SsmTagOperations
from .ssm.windows.history import HistoryOperations
from .ssm.windows.runner import Runner
from .ssm.windows.target_operations import TargetOperations
from .ssm.windows.task_operations import TaskOperations
from .ssm.windows.window_operations import WindowOperations
from .ssm.windows.windows import Windows
from .wire.call import Callers
from .wire.faults import Faults
from .wire.front import Front, Operations, Ours, Step, refuse_oversized, refuse_unsigned
from .wire.moto_behind import MotoBehind
from .wire.pages import Pages
from .wire.permissions import Permissions

if TYPE_CHECKING:
    from .simulator import Simulator


@dataclass(frozen=True)
class Parts:
    """What a simulator is made of, as far as worlds and tests reach for it."""

    front: Front
    permissions: Permissions
    faults: Faults
    pages: Pages
    fleet: Fleet
    scanner: Scanner
    cis: CisScans
    associations: Associations
    classic: Classic
    buckets: Buckets
    suppression: Suppression
    image_pipelines: ImagePipelines


def build(aws: "Simulator", *, anew: bool = True) -> Parts:
    """Build a simulator's services around moto, which is reset first if it is `anew`."""
    account, region, clock = aws.account, aws.region, aws.clock
    pages = Pages("pages")
    fleet = Fleet(_moto(account, region, anew=anew), clock)
    scanner = Scanner(fleet, clock, account, region)
    associations = Associations(fleet, clock, scanner.inventory_arrived, scanner.plugin_ran)
    fleet.on_launch(associations.first_inventory)
    baselines = Baselines(clock)
    reports = PatchReports(fleet, pages)
    buckets = Buckets(account)
    patching = Patching(fleet, clock, baselines, reports, buckets)
    commands = Commands(fleet, clock, patching)
    neighbours = Neighbours(account, region)
    state_manager = StateManager(associations, patching, fleet, clock, neighbours, region)
    policies = PatchPolicies(baselines, state_manager, buckets, clock, account, region)
    questions = AssociationOperations(associations, pages)
    windows = Windows(clock)
    runner = Runner(windows, commands, fleet, neighbours, account, region)
    role = f"arn:aws:iam::{account}:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"
    image_pipelines = ImagePipelines(account, region)
    suppression = Suppression(clock, pages, account, region)
    cis = CisScans(fleet, clock, account, region)
    classic = Classic(fleet, clock, pages, account, region)
    services = {
        "elasticbeanstalk": BeanstalkOperations(account, region).operations(),
        "imagebuilder": ImageBuilderOperations(image_pipelines, pages).operations(),
        "inspector": classic.operations(),
        "inspector2": _joined(
            AccountOperations(scanner, account).operations(),
            ConfigurationOperations(scanner, account).operations(),
            DeepInspectionOperations(scanner.deep_inspection, account).operations(),
            CoverageOperations(scanner, fleet, clock, pages, account).operations(),
            FindingOperations(scanner, suppression, fleet, pages, account, region).operations(),
            suppression.operations(),
            CisOperations(cis, pages, account).operations(),
            TagOperations(cis, suppression).operations(),
        ),
        "kms": KmsOperations(account, region).operations(),
        "resource-groups": ResourceGroupOperations(neighbours, fleet, pages, account, region).operations(),
        "ssm": _joined(
            questions.operations(),
            AssociationChanges(associations, state_manager, questions).operations(),
            NodeOperations(fleet, clock, pages).operations(),
            InventoryOperations(fleet, pages).operations(),
            BaselineOperations(baselines, clock, pages).operations(),
            AvailablePatchOperations(fleet, clock, pages).operations(),
            reports.operations(),
            CommandOperations(commands, fleet, pages, account, region).operations(),
            WindowOperations(windows, fleet, pages).operations(),
            TargetOperations(windows, pages).operations(),
            TaskOperations(windows, pages, neighbours, role).operations(),
            HistoryOperations(windows, runner, pages, role).operations(),
            SsmTagOperations(windows, baselines).operations(),
        ),
        "ssm-quicksetup": QuickSetupOperations(policies, pages, account, region).operations(),
    }
    callers = Callers(account, aws.operator_key)
    tags = KeptTags(windows, baselines, cis, suppression)
    permissions = Permissions(callers, aws.let_time_pass, tags.of)
    faults = Faults(callers, aws.let_time_pass)
    steps: list[Step] = [
        refuse_oversized,
        refuse_unsigned,
        aws.only_the_latest,
        permissions,
        faults,
        Ours(services, region, aws.before_each),
        aws.beside_moto,
    ]
    front = Front(steps, MotoBehind(account))
    return Parts(
        front,
        permissions,
        faults,
        pages,
        fleet,
        scanner,
        cis,
        associations,
        classic,
        buckets,
        suppression,
        image_pipelines,
    )


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


def _joined(*parts: Operations) -> Operations:
    joined: Operations = {}
    for part in parts:
        joined |= part
    return joined
