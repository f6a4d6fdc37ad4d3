"""Putting Inspector Classic together."""

from ..clock import Clock
from ..hosts.fleet import Fleet
from ..wire.front import Operations
from ..wire.pages import Pages
from .account import AccountOperations
from .agents import AgentOperations, Agents
from .arns import Arns
from .evaluation import Evaluation
from .finding_operations import FindingOperations
from .listing import Lists
from .records import Records
from .refused import RefusedOperations
from .rules_packages import RulesPackageOperations, rules_packages_of
from .run_operations import RunOperations
from .runs import Runs
from .targets import TargetOperations
from .templates import TemplateOperations


class Classic:
    """Inspector Classic of one account and Region; worlds and tests reach for its runs and records."""

    def __init__(self, fleet: Fleet, clock: Clock, pages: Pages, account: str, region: str) -> None:
        arns = Arns(account, region)
        packages = rules_packages_of(region)
        lists = Lists(pages)
        agents = Agents(fleet)
        self.records = Records(arns)
        self.runs = Runs(self.records, agents, Evaluation(self.records, packages, fleet, clock), clock)
        self._parts = (
            TargetOperations(self.records, clock, lists),
            TemplateOperations(self.records, packages, clock, lists),
            RulesPackageOperations(packages, arns, lists),
            RunOperations(self.runs, self.records, lists),
            FindingOperations(self.records, clock, lists),
            AgentOperations(agents, self.records, lists),
            AccountOperations(account, clock),
            RefusedOperations(self.records),
        )

    def operations(self) -> Operations:
        """Name every operation of Inspector Classic: answered here, or refused here."""
        joined: Operations = {}
        for part in self._parts:
            joined |= part.operations()
        return joined
