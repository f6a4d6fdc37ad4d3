"""As `unpatched`, but Inspector's first page of findings has no row, only a token that leads on: AWS permits that."""

from typing import TYPE_CHECKING

from ..fault import Fault, Mishap
from ..world import World
from . import unpatched, workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def leave_unpatched(aws: "Simulator") -> None:
    """Install nothing; by the morning the first page of findings is empty."""
    unpatched.leave_unpatched(aws)
    aws.inject(Fault("inspector2:ListFindings", Mishap.EMPTY_PAGE))


WORLD = World(
    name="empty-page",
    story="Nothing was installed; the first page of findings has no row, and a token for all of them.",
    red=frozenset({"PATCH-1", "FIND-1", "FIND-4"}),
    deploy=workshop.deploy,
    remediate=leave_unpatched,
)
