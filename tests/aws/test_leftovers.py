"""What is asked about hosts on which something fixable remains: patches, baselines, and what those could approve."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from postpatch.aws.leftovers import leftovers
from postpatch.aws.patch_manager import patching
from postpatch.aws.session import Connection
from postpatch.errors import CouldNotCheck
from postpatch.model import ApprovalRule, Host, Leftovers, PatchState
from postpatch.simulator import Simulator, worlds
from postpatch.simulator.worlds import workshop

EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)
RULES = {
    "PatchRules": [
        {
            "PatchFilterGroup": {
                "PatchFilters": [
                    {"Key": "CLASSIFICATION", "Values": ["Security"]},
                    {"Key": "SEVERITY", "Values": ["Critical", "Important"]},
                ]
            },
            "ApproveUntilDate": "2019-03-31",
        },
        {"PatchFilterGroup": {"PatchFilters": [{"Key": "PRODUCT", "Values": ["*"]}]}, "ApproveAfterDays": 30},
    ]
}

Connect = Callable[..., Connection]
# What these tests ask about is patches and baselines: no inventory of a managed host.
NOT_MANAGED: frozenset[str] = frozenset()


def _patch_with_care(aws: Simulator) -> None:
    """Patch with a baseline that holds things back, then scan, so that what is missing is listed."""
    workshop.approve_everything(
        aws,
        OperatingSystem="AMAZON_LINUX_2",
        ApprovalRules=RULES,
        GlobalFilters={"PatchFilters": [{"Key": "PRODUCT", "Values": ["*"]}]},
        ApprovedPatches=["kernel*"],
        RejectedPatches=["openssl*"],
    )
    workshop.nodes(aws)[0].breaks_on = frozenset({"curl"})
    workshop.run_patch_baseline(aws, "Install", MaxErrors="100%")
    workshop.run_patch_baseline(aws, "Scan")


@pytest.fixture(scope="module")
def aws() -> Iterator[Simulator]:
    """Give the tutorial on Amazon Linux 2, patched with a baseline that holds things back."""
    simulator = Simulator(replace(worlds()["workshop-classic"], remediate=_patch_with_care), EVENING)
    simulator.remediate()
    yield simulator
    assert simulator.front.broken == []


@pytest.fixture(scope="module")
def states(connection: Connection, hosts_named: Callable[[str], list[str]]) -> tuple[PatchState, ...]:
    """Return the nodes' patch states."""
    return patching(connection, [Host(host) for host in hosts_named("pww-node")], EVENING).states


@pytest.fixture(scope="module")
def left(connection: Connection, states: tuple[PatchState, ...]) -> Leftovers:
    """Return what is told of the nodes, on which curl and the kernel remain."""
    return leftovers(connection, {state.host: ["curl", "kernel"] for state in states}, states, EVENING, NOT_MANAGED)


def test_a_baseline_is_read_with_all_its_rules(left: Leftovers, states: tuple[PatchState, ...]) -> None:
    """Filters, delays, last days and lists are those that the baseline was made with."""
    (baseline,) = left.baselines
    assert (baseline.id, baseline.name, baseline.system) == (states[0].baseline, "pww", "AMAZON_LINUX_2")
    assert (baseline.approved, baseline.rejected) == (("kernel*",), ("openssl*",))
    assert baseline.filters == (("PRODUCT", ("*",)),)
    assert baseline.rules == (
        ApprovalRule(
            (("CLASSIFICATION", ("Security",)), ("SEVERITY", ("Critical", "Important"))), None, date(2019, 3, 31)
        ),
        ApprovalRule((("PRODUCT", ("*",)),), 30, None),
    )


def test_patches_are_those_of_each_host(left: Leftovers, states: tuple[PatchState, ...]) -> None:
    """Every patch that a host's state counts is listed; one that is missing has its CVEs and no time."""
    for state in states:
        listed = [patch for patch in left.patches if patch.host == state.host]
        assert len(listed) == state.listed
    (missing,) = [patch for patch in left.patches if patch.state == "missing" and patch.name == "curl"]
    assert missing.installed_at is None
    assert missing.cves
    assert (missing.arch, missing.classification) == ("x86_64", "Security")


def test_the_available_patches_are_those_of_the_names(left: Leftovers) -> None:
    """Of the packages that remain every patch is told, with what a baseline goes by: its day, kind and severity."""
    assert {patch.name for patch in left.available} == {"curl", "kernel"}
    for patch in left.available:
        assert patch.released_at is not None
        assert patch.classification == "Security"
        assert patch.severity
        assert patch.cves
        assert patch.advisories
        assert patch.title == f"{patch.name}.{patch.arch}:{patch.version}"


def test_names_are_asked_twenty_at_a_time(connect: Connect, states: tuple[PatchState, ...]) -> None:
    """The number of calls grows with the packages that remain, not with the findings or the hosts."""
    connection = connect()
    names = [f"package-{number}" for number in range(41)]
    leftovers(connection, {state.host: names for state in states}, states, EVENING, NOT_MANAGED)
    assert connection.calls["ssm:DescribeAvailablePatches"] == 3
    assert connection.calls["ssm:GetPatchBaseline"] == 1
    assert connection.calls["ssm:DescribeInstancePatches"] == len(states)


def test_an_earlier_rounds_baseline_is_not_asked_for(connect: Connect, states: tuple[PatchState, ...]) -> None:
    """A patch operation older than the findings' baseline is not of this round, and neither is what it went by."""
    connection = connect()
    old = [replace(state, ended_at=EVENING) for state in states]
    left = leftovers(connection, {state.host: ["curl"] for state in states}, old, EVENING, NOT_MANAGED)
    assert (left.baselines, left.available) == ((), ())
    assert connection.calls.keys() == {"ssm:DescribeInstancePatches"}


def test_where_nothing_remains_nothing_is_asked(connect: Connect, states: tuple[PatchState, ...]) -> None:
    """A good round costs no call here."""
    connection = connect()
    assert leftovers(connection, {}, states, EVENING, NOT_MANAGED) == Leftovers(since=EVENING)
    assert not connection.calls


def test_a_baseline_that_takes_everything_is_asked_for_release_dates_too(
    aws: Simulator, connect: Connect, states: tuple[PatchState, ...]
) -> None:
    """It holds nothing back, but a fix may have been released after the patch run."""
    workshop.approve_everything(aws, OperatingSystem="AMAZON_LINUX_2")
    aws_default = aws.client("ssm").get_default_patch_baseline(OperatingSystem="AMAZON_LINUX_2")["BaselineId"]
    connection = connect()
    open_handed = [replace(state, baseline=aws_default) for state in states]
    left = leftovers(connection, {state.host: ["curl"] for state in states}, open_handed, EVENING, NOT_MANAGED)
    (rule,) = left.baselines[0].rules
    assert rule.at_once
    assert {values for _, values in rule.filters} == {("*",)}
    assert connection.calls["ssm:DescribeAvailablePatches"] == 1


@pytest.mark.parametrize("operation", ["DescribeInstancePatches", "GetPatchBaseline", "DescribeAvailablePatches"])
def test_a_refusal_is_no_answer(
    connect: Connect, refuse: Callable[..., list[str]], states: tuple[PatchState, ...], operation: str
) -> None:
    """What AWS does not let anybody see is an error that names the question, never an empty list."""
    connection = connect()
    refuse(connection, f"ssm.{operation}", "AccessDeniedException")
    with pytest.raises(CouldNotCheck, match="AccessDenied"):
        leftovers(connection, {state.host: ["curl"] for state in states}, states, EVENING, NOT_MANAGED)
