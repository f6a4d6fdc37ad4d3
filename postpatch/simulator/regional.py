"""What the account has in one Region: the services that we simulate, and what they keep."""

from dataclasses import dataclass

from .clock import Clock
from .hosts.beanstalk import BeanstalkOperations
from .hosts.buckets import Buckets
from .hosts.ec2 import Ec2
from .hosts.fleet import Fleet
from .hosts.image_builder import ImageBuilderOperations, ImagePipelines
from .hosts.neighbours import Neighbours
from .hosts.resource_groups import ResourceGroupOperations
from .hosts.warm_pools import WarmPoolOperations
from .inspector2.account import AccountOperations
from .inspector2.cis import CisOperations
from .inspector2.cis_scans import CisScans
from .inspector2.configuration import ConfigurationOperations
from .inspector2.coverage import CoverageOperations
from .inspector2.deep_inspection import DeepInspectionOperations
from .inspector2.list_findings import FindingOperations
from .inspector2.reports import ReportOperations
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
from .ssm.node_list import NodeListOperations
from .ssm.nodes import NodeOperations
from .ssm.patch_reports import PatchReports
from .ssm.patching import Patching
from .ssm.scripts import Scripts
from .ssm.state_manager import StateManager
from .ssm.tags import TagOperations as SsmTagOperations
from .ssm.windows.history import HistoryOperations
from .ssm.windows.runner import Runner
from .ssm.windows.target_operations import TargetOperations
from .ssm.windows.task_operations import TaskOperations
from .ssm.windows.window_operations import WindowOperations
from .ssm.windows.windows import Windows
from .wire.front import Operations
from .wire.pages import Pages


@dataclass(frozen=True)
class Regional:
    """The services of one Region, and what worlds and tests reach for."""

    services: dict[str, Operations]
    tags: KeptTags
    pages: Pages
    fleet: Fleet
    scanner: Scanner
    cis: CisScans
    associations: Associations
    classic: Classic
    suppression: Suppression
    image_pipelines: ImagePipelines
    node_list: NodeListOperations
    findings: FindingOperations
    coverage: CoverageOperations


def build_region(
    clock: Clock, buckets: Buckets, pages: Pages, ec2: Ec2, account: str, region: str, *, scanned: bool
) -> Regional:
    """Build the services of one Region; `scanned` says whether Inspector is switched on in it."""
    fleet = Fleet(ec2, clock)
    scanner = Scanner(fleet, clock, account, region)
    scanner.enabled = scanned
    associations = Associations(fleet, clock, scanner.inventory_arrived, scanner.plugin_ran)
    if scanned:
        associations.make_inspectors_own()
    fleet.on_launch(associations.first_inventory)
    baselines = Baselines(clock, region)
    reports = PatchReports(fleet, pages)
    patching = Patching(fleet, clock, baselines, reports, buckets)
    commands = Commands(fleet, clock, patching, Scripts(clock, scanner.vm_scanner.run))
    neighbours = Neighbours(account, region)
    state_manager = StateManager(associations, patching, fleet, clock, neighbours, region)
    policies = PatchPolicies(baselines, state_manager, buckets, clock, account, region)
    questions = AssociationOperations(associations, pages)
    windows = Windows(clock)
    runner = Runner(windows, commands, fleet, neighbours, account, region)
    role = f"arn:aws:iam::{account}:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"
    image_pipelines = ImagePipelines(account, region)
    suppression = Suppression(clock, pages, account, region)
    findings = FindingOperations(scanner, suppression, fleet, pages, account, region)
    coverage = CoverageOperations(scanner, fleet, clock, pages, account)
    cis = CisScans(fleet, clock, account, region)
    classic = Classic(fleet, clock, pages, account, region)
    node_list = NodeListOperations(fleet, clock, pages, account, region)
    tags = KeptTags(
        {"MaintenanceWindow": windows.all, "PatchBaseline": baselines.all, "Association": associations.all},
        cis.configurations,
        suppression.filters,
    )
    services = {
        "autoscaling": WarmPoolOperations(account, region).operations(),
        "elasticbeanstalk": BeanstalkOperations(account, region).operations(),
        "imagebuilder": ImageBuilderOperations(image_pipelines, pages).operations(),
        "inspector": classic.operations(),
        "inspector2": _joined(
            AccountOperations(scanner, associations, suppression, account).operations(),
            ConfigurationOperations(scanner, account).operations(),
            DeepInspectionOperations(scanner.deep_inspection, account).operations(),
            coverage.operations(),
            findings.operations(),
            ReportOperations(findings, buckets, clock, account, region).operations(),
            suppression.operations(),
            CisOperations(cis, pages, account).operations(),
            TagOperations(tags).operations(),
        ),
        "kms": KmsOperations(account, region).operations(),
        "resource-groups": ResourceGroupOperations(neighbours, fleet, pages, account, region).operations(),
        "ssm": _joined(
            questions.operations(),
            AssociationChanges(associations, state_manager, questions).operations(),
            NodeOperations(fleet, clock, pages).operations(),
            node_list.operations(),
            InventoryOperations(fleet, pages).operations(),
            BaselineOperations(baselines, clock, pages).operations(),
            AvailablePatchOperations(fleet, clock, pages).operations(),
            reports.operations(),
            CommandOperations(commands, fleet, pages, account, region).operations(),
            WindowOperations(windows, fleet, pages).operations(),
            TargetOperations(windows, pages).operations(),
            TaskOperations(windows, pages, neighbours, role).operations(),
            HistoryOperations(windows, runner, pages, role).operations(),
            SsmTagOperations(tags).operations(),
        ),
        "ssm-quicksetup": QuickSetupOperations(policies, pages, account, region).operations(),
    }
    return Regional(
        services, tags, pages, fleet, scanner, cis, associations, classic, suppression, image_pipelines, node_list,
        findings, coverage,
    )  # fmt: skip


def _joined(*parts: Operations) -> Operations:
    joined: Operations = {}
    for part in parts:
        joined |= part
    return joined
