"""TGT-1 and TGT-2: whom the window patches; and when something may be added to a window that stands."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from postpatch.model import ExistingWindow, Host, Judgement, ManagedHost, ScopeMembers, WindowTarget
from postpatch.policy import Policy
from postpatch.verdict.target import selected_hosts, target_tags
from postpatch.verdict.window import is_sound

A, B, C = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2, 3))
STACK = ("tag:aws:cloudformation:stack-name", ("pww",))
SUBJECT = "maintenance window pww_mw (mw-0123456789abcdef0)"

Make = Callable[..., ExistingWindow]
MakePolicy = Callable[..., Policy]


def test_tgt_1_the_tutorials_target_is_proven(make_standing: Make, make_policy: MakePolicy) -> None:
    """One target of the policy's name and tags is green, in every fact, and is named."""
    judgement = target_tags(make_standing(), make_policy())
    assert judgement.holds
    assert [one.name for one in judgement.facts] == [
        "number of registered targets", "target name", "target resource type", "target tags",
    ]  # fmt: skip
    assert judgement.facts[-1].found == "tag:aws:cloudformation:stack-name = pww"
    assert judgement.notes == ("registered: pww_targets",)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        pytest.param({"name": "others"}, "target name: expected pww_targets, found others", id="name"),
        pytest.param(
            {"resource_type": "RESOURCE_GROUP"},
            "target resource type: expected INSTANCE, found RESOURCE_GROUP",
            id="resource-type",
        ),
        pytest.param(
            {"selectors": (("tag:Name", ("pww-node",)),)},
            "found tag:Name = pww-node",
            id="another-tag",
        ),
        pytest.param({"selectors": ((STACK[0], ("other", "pww")),)}, "stack-name = other, pww", id="another-value-too"),
        pytest.param({"selectors": (STACK, ("tag:Env", ("prod",)))}, "; tag:Env = prod", id="another-tag-too"),
        pytest.param({"selectors": (("InstanceIds", (A, B, C)),)}, "found InstanceIds = ", id="ids"),
        pytest.param({"selectors": (("tag-key", ("pww",)),)}, "tag-key = pww", id="a-tags-key"),
        pytest.param({"selectors": ()}, "found none", id="nothing"),
    ],
)
def test_tgt_1_is_red(make_standing: Make, make_policy: MakePolicy, target: dict[str, Any], words: str) -> None:
    """A target that is named or selects otherwise, even the same hosts by their ids, is red."""
    judgement = target_tags(make_standing(target=target), make_policy())
    assert not judgement.holds
    assert judgement.reason.startswith(f"targets of {SUBJECT}: ")
    assert words in judgement.reason


def test_tgt_1_counts_the_targets(make_standing: Make, make_policy: MakePolicy) -> None:
    """No target is red, and so is a second one beside the right one; those that stand are named."""
    target = make_standing().targets[0]
    none = target_tags(make_standing(targets=()), make_policy())
    assert (none.holds, none.notes) == (False, ())
    assert "number of registered targets: expected 1, found 0" in none.reason
    two = target_tags(make_standing(targets=(target, WindowTarget("t-2", "more", "INSTANCE", ()))), make_policy())
    assert not two.holds
    assert "number of registered targets: expected 1, found 2" in two.reason
    assert two.notes == ("registered: pww_targets, more",)


def test_tgt_1_several_tags_in_any_order(make_standing: Make, make_policy: MakePolicy) -> None:
    """Several tags are the same whatever order the policy names them in."""
    tags = {"stack": ["b", "a"], "Env": ["prod"]}
    selectors = (("tag:Env", ("prod",)), ("tag:stack", ("a", "b")))
    policy = make_policy(target={"tags": tags})
    assert target_tags(make_standing(target={"selectors": selectors}), policy).holds


class TestSelectedHosts:
    """TGT-2."""

    @staticmethod
    def judged(standing: ExistingWindow, owned: Iterable[str] = (A, B, C)) -> Judgement:
        """Judge TGT-2 for a scope of these hosts."""
        return selected_hosts(standing, [Host(host) for host in owned])

    def test_the_scope_exactly_is_proven(self, make_standing: Make) -> None:
        """The tags select every host in scope and no other, and all are managed and online."""
        judgement = self.judged(make_standing())
        assert judgement.holds
        assert judgement.reason == (
            "the target's tags select the 3 hosts in scope and no other, all managed and online"
        )

    @pytest.mark.parametrize(
        ("owned", "changes", "words"),
        [
            pytest.param((A, B, C), {"selected": (A, B)}, f"hosts in scope but not selected: {C}", id="missed"),
            pytest.param((A, B), {}, f"hosts selected but not in scope: {C}", id="a-stranger"),
            pytest.param(
                (A, B, C), {"selected": (A, B, "i-9")}, "hosts selected but not in scope: i-9", id="exchanged"
            ),
            pytest.param(
                (A, B, C),
                {"managed": (ManagedHost(A, "Online"), ManagedHost(B, "Online"))},
                f"hosts selected but not managed by Systems Manager: {C}",
                id="unmanaged",
            ),
            *(
                pytest.param(
                    (A, B, C),
                    {"managed": (ManagedHost(A, "Online"), ManagedHost(B, ping), ManagedHost(C, "Online"))},
                    f"hosts selected but not online: {B}",
                    id=ping.lower(),
                )
                for ping in ("ConnectionLost", "Inactive")
            ),
            pytest.param(
                (A, B, C), {"selected": ()}, f"hosts in scope but not selected: {A}, {B}, {C}", id="none-selected"
            ),
        ],
    )
    def test_another_selection_is_red(
        self, make_standing: Make, owned: tuple[str, ...], changes: dict[str, Any], words: str
    ) -> None:
        """A host missed, a stranger selected, or one that Systems Manager does not reach is red and named."""
        judgement = self.judged(make_standing(**changes), owned)
        assert not judgement.holds
        assert words in judgement.reason

    def test_no_window_selects_nobody(self) -> None:
        """Without a window there is no target, and the reason why is told."""
        judgement = self.judged(ExistingWindow((), withheld=("pww_mw: not created",)))
        assert not judgement.holds
        assert judgement.reason == "there is no window, so no target selects a host"
        assert judgement.notes == ("pww_mw: not created",)


def test_tgt_1_no_window_is_red(make_policy: MakePolicy) -> None:
    """Without a window no target can be right."""
    assert not target_tags(ExistingWindow(()), make_policy()).holds


def test_a_window_as_wanted_is_sound(make_standing: Make, make_policy: MakePolicy) -> None:
    """To a window that is the policy's, with the right target or none yet, what is absent may be added."""
    standing = make_standing()
    assert standing.window
    assert is_sound(standing.window, standing.targets, make_policy())
    assert is_sound(standing.window, (), make_policy())


@pytest.mark.parametrize(
    "drift",
    [
        {"window": {"enabled": False}},
        {"window": {"allow_unassociated_targets": False}},
        {"window": {"schedule": "cron(0 0/6 * * ? *)"}},
        {"window": {"schedule_offset": 1}},
        {"window": {"duration": 2}},
        {"window": {"cutoff": 1}},
        {"window": {"start_date": "2026-11-01T00:00:00Z"}},
        {"window": {"end_date": "2026-12-31T00:00:00Z"}},
        {"window": {"time_zone": "Europe/Berlin"}},
        {"target": {"name": "others"}},
        {"target": {"selectors": (("tag:Name", ("pww-node",)),)}},
        {"targets": (WindowTarget("t-1", "pww_targets", "INSTANCE", (STACK,)),) * 2},
    ],
    ids=lambda drift: "-".join(
        str(name) for part in drift.values() for name in (part if isinstance(part, dict) else ["two"])
    ),
)
def test_a_window_that_drifted_is_not_sound(
    make_standing: Make, make_policy: MakePolicy, drift: dict[str, Any]
) -> None:
    """Nothing is to be added to a window of which any value drifted."""
    standing = make_standing(**drift)
    assert standing.window
    assert not is_sound(standing.window, standing.targets, make_policy())


@pytest.mark.parametrize("selected", [(A, B), (A, B, C)], ids=["not-selected", "selected"])
def test_tgt_2_leaves_out_hosts_that_are_replaced(make_standing: Make, selected: tuple[str, ...]) -> None:
    """A host that is replaced by an image need not be selected, nor be managed; a note names it."""
    standing = make_standing(selected=selected, managed=(ManagedHost(A, "Online"), ManagedHost(B, "Online")))
    judgement = selected_hosts(standing, (Host(A), Host(B), Host(C, replaced_by_image=True)))
    assert judgement.holds
    assert judgement.notes == (f"replaced by a new image instead of being patched, so left out: {C}",)


def test_tgt_2_names_what_was_not_examined(make_standing: Make) -> None:
    """What of a stack may own hosts is named, and so are the types that are taken to own none."""
    members = ScopeMembers((A, B, C), ("Custom::Ami Image, ami-1",), ("AWS::EC2::VPC", "AWS::IAM::Role"))
    judgement = selected_hosts(make_standing(), (Host(A), Host(B), Host(C)), members)
    assert judgement.holds
    assert judgement.notes == (
        "may own hosts, and was not examined: Custom::Ami Image, ami-1",
        "taken to own no host: AWS::EC2::VPC, AWS::IAM::Role",
    )


def test_tgt_2_leaves_out_hosts_that_wait_in_a_warm_pool(make_standing: Make) -> None:
    """The target selects a host of the pool too; it is named, and another one that is not in scope is still red."""
    hosts = (Host(A), Host(B, tags=(("aws:autoscaling:groupName", "web"),)))
    waiting = ScopeMembers((A, B), warm=(C,))
    standing = make_standing(managed=(ManagedHost(A, "Online"), ManagedHost(B, "Online")))
    judgement = selected_hosts(standing, hosts, waiting)
    assert (judgement.holds, judgement.notes) == (
        True, (f"wait in a warm pool, stopped or hibernated, so left out: {C}",),
    )  # fmt: skip
    red = selected_hosts(standing, hosts, ScopeMembers((A, B)))
    assert not red.holds
    assert "leave_out_warm_pools = true in [scope]" in red.notes[-1]
    assert not selected_hosts(standing, (Host(A), Host(B)), ScopeMembers((A, B))).notes
