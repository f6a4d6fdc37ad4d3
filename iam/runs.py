"""The runs from whose calls the policies are made: each mode, in the worlds that bring out all of its calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from postpatch.simulator import World, worlds
from tests.suite.world_policies import in_toml

from .rehearsal import (
    EVENING,
    MORNING,
    ROLE,
    Policy,
    Rehearsal,
    for_reading,
    for_reading_later,
    for_reading_nodes,
    held_back,
    held_back_for_reading,
    scanned_by_others,
    scanned_by_others_later,
    with_a_role,
    with_a_role_for_reading,
)

BASELINE, VERIFY, READ_ONLY, CLEANUP = "baseline", "verify", "read-only", "cleanup"
_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Run:
    """One rehearsal of `pytest -m verify`; its baseline counts for that mode, and what follows for its own.

    `red` are the checks that its world turns red whoever asks, and `edit` replaces one text of `verify.toml`. With
    `own_policy` it is the policy of its world.
    """

    name: str
    world: str
    mode: str = VERIFY
    red: frozenset[str] = frozenset()
    change: Callable[[World], World] | None = None
    edit: tuple[str, str] | None = None
    own_policy: bool = False

    @property
    def policy(self) -> str:
        """Return the policy that it is judged by, in TOML."""
        text = (_ROOT / "verify.toml").read_text(encoding="utf-8")
        if self.own_policy:
            text = in_toml(worlds()[self.world].policy)
        if self.edit:
            old, new = self.edit
            if old not in text:
                raise ValueError(f"verify.toml no longer holds {old!r}")
            text = text.replace(old, new)
        return text

    def args(self, folder: Path) -> list[str]:
        """Return the arguments of pytest; its policy is written to `folder`."""
        policy = folder / "policy.toml"
        policy.write_text(self.policy, encoding="utf-8")
        reading = ["--read-only"] if self.mode == READ_ONLY else []
        return ["--world", self.world, f"--policy={policy}", *reading]

    def rehearsal(self, calls: Path, evening: Policy | None = None, morning: Policy | None = None) -> Rehearsal:
        """Return what arranges the run's world."""
        return Rehearsal(self.world, calls, evening, morning, self.change)

    def calls(self, noted: Rehearsal) -> Mapping[str, frozenset[str]]:
        """Return the calls noted, by the mode they count for."""
        return {BASELINE: noted.noted(EVENING), self.mode: noted.noted(MORNING)}


_EXPLOITED = ('severity = "LOW"', 'severity = "LOW"\nexploited_max = 1000')
_ANY_BASELINE = ('baseline = "pww"', "")
_OWN_ROLE = ('service_role = "service-linked"', f'service_role = "{ROLE}"')
_UNSEEN = frozenset({"PATCH-1", "PATCH-2", "FIND-4", "TGT-2"})
_LEFTOVERS = frozenset({"PATCH-1", "FIND-4"})
_HELD_BACK = frozenset({"FIND-4"})
RUNS = (
    # A window that has to be created, and a gate that asks for CISA's catalogue.
    Run("workshop", "workshop", edit=_EXPLOITED),
    # Leftovers, whose patch baselines are looked at.
    Run("leftovers", "failed-install", red=_LEFTOVERS),
    # Amazon Linux 2, of which the patches are asked for that a baseline could approve.
    Run("held-back", "workshop-classic", red=_HELD_BACK, change=held_back, edit=_ANY_BASELINE),
    # An inventory that waits for somebody else's host, in the evening already; and hosts whose inventory is the proof.
    Run("waiting", "unfinished-inventory"),
    # A window that has opened, whose task has an alarm and a role of the account's own.
    Run("opened", "window-failed", red=frozenset({"MW-5"}), change=with_a_role, edit=_OWN_ROLE),
    # Associations that patch, whose runs are a history of their own.
    Run("associations", "state-manager"),
    # A patch policy of Quick Setup, whose own copy of the baseline explains what remains.
    Run("patch-policy", "patch-policy-holds-back", red=_HELD_BACK, own_policy=True),
    # A target that is a resource group.
    Run("resource-group", "resource-group", own_policy=True),
    # Hybrid nodes, which a baseline notes.
    Run("hybrid", "hybrid-nodes", own_policy=True),
    # A host that waits in a warm pool.
    Run("warm-pool", "warm-pool", own_policy=True),
    # Hosts that are replaced by hosts from a proven image, wherever that is named.
    Run("image", "golden-image", own_policy=True),
    Run("image-pipeline", "golden-image-pipeline", own_policy=True),
    Run("image-template", "golden-image-template", own_policy=True),
    # A stack with every resource that owns hosts.
    Run("owners", "unseen-hosts", red=_UNSEEN),
    # The same without writing anything.
    Run("reading", "workshop", READ_ONLY, change=for_reading, edit=_EXPLOITED),
    Run("reading-leftovers", "failed-install", READ_ONLY, _LEFTOVERS, for_reading),
    Run("reading-held-back", "workshop-classic", READ_ONLY, _HELD_BACK, held_back_for_reading, _ANY_BASELINE),
    Run("reading-unchanged", "nothing-to-install", READ_ONLY, change=for_reading),
    Run(
        "reading-opened",
        "window-failed",
        READ_ONLY,
        frozenset({"MW-5"}),
        with_a_role_for_reading,
        _OWN_ROLE,
    ),
    Run("reading-associations", "state-manager", READ_ONLY, change=for_reading_later),
    Run(
        "reading-patch-policy",
        "patch-policy-holds-back",
        READ_ONLY,
        _HELD_BACK,
        scanned_by_others_later,
        own_policy=True,
    ),
    Run("reading-resource-group", "resource-group", READ_ONLY, change=scanned_by_others, own_policy=True),
    Run("reading-image", "golden-image", READ_ONLY, change=for_reading_nodes, own_policy=True),
    Run("reading-image-pipeline", "golden-image-pipeline", READ_ONLY, change=for_reading_nodes, own_policy=True),
    Run("reading-image-template", "golden-image-template", READ_ONLY, change=for_reading_nodes, own_policy=True),
    Run("reading-warm-pool", "warm-pool", READ_ONLY, change=for_reading, own_policy=True),
    Run("reading-owners", "unseen-hosts", READ_ONLY, _UNSEEN, for_reading),
)
