"""Causes, whatever AWS tells: what is not told never clears patching, and the order of what is told never matters."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.model import (
    ApprovalRule,
    AvailablePatch,
    Finding,
    InstancePatch,
    Leftovers,
    ManagedHost,
    Package,
    PatchBaseline,
    PatchCommand,
    Patching,
    PatchState,
)
from postpatch.policy import PatchingPolicy
from postpatch.verdict.causes.cause import cause_of
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import Kind, kind_of
from postpatch.verdict.causes.story import stories

HOST = "i-0123456789abcdef0"
CVE = "CVE-2024-0001"
EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)
NIGHT = EVENING + timedelta(hours=1)
LONG_AGO = EVENING - timedelta(days=30)
OLD, FIXED, NEWER = "0:1.0-1", "0:1.1-1", "0:1.2-1"
NAMES = ("curl", "kernel", "nodejs")
# Kinds that speak of the finding alone: no story of a host may lead to one.
OF_THE_FINDING = {Kind.CONFIGURATION, Kind.NETWORK, Kind.DISCONTINUED, Kind.NO_FIX, Kind.NOT_OS_PACKAGE}

PACKAGES = st.sampled_from(NAMES).map(lambda name: Package(name, "1.0", 0, "1", "X86_64", "OS", fixed_in=FIXED))
FINDINGS = st.lists(PACKAGES, min_size=1, max_size=2, unique=True).map(
    lambda packages: Finding(
        "123456789012", "us-east-1", HOST, "PACKAGE_VULNERABILITY", CVE, "ACTIVE", "HIGH", "t", fix_available="YES",
        packages=tuple(packages),
    )
)  # fmt: skip
STATES = ("installed", "installedother", "installedpendingreboot", "installedrejected", "missing", "failed")
PATCHES = st.builds(
    lambda name, arch, version, state, cves: InstancePatch(
        HOST, f"{name}.{arch}", f"{name}.{arch}:{version}", state, cves=cves
    ),
    st.sampled_from((*NAMES, "bash")), st.sampled_from(("x86_64", "i686")), st.sampled_from((OLD, FIXED, NEWER)),
    st.sampled_from(STATES), st.sampled_from(((), (CVE,))),
)  # fmt: skip
COMMANDS = st.builds(
    PatchCommand,
    st.just(HOST), st.sampled_from(("c-1", "c-2", "c-3")), st.sampled_from(("Install", "Scan")),
    st.sampled_from(("Success", "Failed", "TimedOut", "InProgress")), st.sampled_from((NIGHT, NIGHT + timedelta(1))),
    st.sampled_from((None, NIGHT + timedelta(1, 60))),
)  # fmt: skip
RULES = st.builds(
    ApprovalRule,
    st.sampled_from(((), (("SEVERITY", ("Critical",)),), (("CLASSIFICATION", ("*",)),))),
    st.sampled_from((None, 0, 7)), st.sampled_from((None, date(2024, 4, 30))),
)  # fmt: skip
BASELINES = st.builds(
    PatchBaseline,
    st.just("pb-1"), st.sampled_from(("pww", "pww", "audit-freeze")), st.sampled_from(((), (), ("curl*",))),
    st.sampled_from(((), ("kernel",))), st.just("AMAZON_LINUX_2"), st.just(()), st.lists(RULES, max_size=2).map(tuple),
)  # fmt: skip
AVAILABLE = st.builds(
    AvailablePatch,
    st.sampled_from(NAMES), st.just("x86_64"), st.sampled_from((FIXED, NEWER)),
    st.sampled_from((None, NIGHT - timedelta(3), NIGHT - timedelta(30))), st.just("Security"),
    st.sampled_from(("Critical", "Medium")), st.sampled_from(((CVE,), ())),
)  # fmt: skip


@st.composite
def evidence(draw):
    """Draw what AWS may tell of one host, of which the patch state's counts are those of the patches listed."""
    patches = draw(st.lists(PATCHES, max_size=4, unique_by=lambda one: (one.kb, one.version)))
    count = {name: sum(one.state == name for one in patches) for name in STATES}
    state = PatchState(
        HOST, draw(st.sampled_from(("Install", "Scan"))), NIGHT, draw(st.sampled_from((NIGHT, NIGHT, LONG_AGO))),
        "pb-1", installed=count["installed"], installed_other=count["installedother"], missing=count["missing"],
        failed=count["failed"], pending_reboot=count["installedpendingreboot"], rejected=count["installedrejected"],
        override_list=draw(st.sampled_from(("", "", "s3://b/list.yaml"))),
    )  # fmt: skip
    ping = draw(st.sampled_from(("Online", "Online", "Online", "ConnectionLost")))
    managed = ManagedHost(HOST, ping, draw(st.sampled_from(("Amazon Linux 2", "Ubuntu 22.04", ""))))
    commands = tuple(draw(st.lists(COMMANDS, max_size=3)))
    left = Leftovers((HOST,), tuple(patches), (draw(BASELINES),), tuple(draw(st.lists(AVAILABLE, max_size=3))), EVENING)
    return Patching((state,), commands, (managed,)), left


def some_of(draw, whole):
    """Draw a part of what was told, most of it."""
    return tuple(one for one in whole if draw(st.sampled_from((True, True, True, False))))


def kind(finding, patching, left, wanted=None):
    """Return the kind of the finding by what was told."""
    (story,) = stories(patching, left, wanted or PatchingPolicy(baseline="pww")).values()
    return cause_of(finding, story)[0]


@settings(max_examples=400, deadline=None)
@given(st.data(), FINDINGS, evidence())
def test_what_is_not_told_never_clears_patching(data, finding, told):
    """Whatever part of AWS's answers is lost, a finding that patching should have removed stays one: never green."""
    patching, left = told
    counts = {"installed_other": None} if data.draw(st.booleans()) else {}
    part = Patching(
        tuple(replace(state, **counts) for state in some_of(data.draw, patching.states)),
        some_of(data.draw, patching.commands),
        some_of(data.draw, patching.managed),
    )
    rest = replace(
        left,
        patches=some_of(data.draw, left.patches),
        baselines=some_of(data.draw, left.baselines),
        available=some_of(data.draw, left.available),
    )
    assert kind_of(finding) is Kind.PATCHABLE
    whole, partial = kind(finding, patching, left), kind(finding, part, rest)
    assert not {whole, partial} & OF_THE_FINDING
    assert EXPLANATIONS[partial].patching_should or not EXPLANATIONS[whole].patching_should


@given(st.data(), FINDINGS, evidence())
def test_the_order_of_what_is_told_never_matters(data, finding, told):
    """Pages come in any order: cause and proof stay the same."""
    patching, left = told
    (one,) = stories(patching, left).values()
    turned = Patching(patching.states, tuple(data.draw(st.permutations(patching.commands))), patching.managed)
    shuffled = replace(
        left,
        patches=tuple(data.draw(st.permutations(left.patches))),
        available=tuple(data.draw(st.permutations(left.available))),
    )
    (other,) = stories(turned, shuffled).values()
    assert cause_of(finding, one) == cause_of(finding, other)


@given(FINDINGS, evidence())
def test_a_policy_that_names_a_baseline_never_makes_a_cause_better(finding, told):
    """Naming the baseline can accuse a host of another one, and clears nothing."""
    without, named = (kind(finding, *told, PatchingPolicy(baseline=name)) for name in (None, "pww"))
    assert named in (without, Kind.WRONG_BASELINE)
