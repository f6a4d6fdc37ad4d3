"""Causes, whatever AWS tells: what is not told never clears patching, and the order of what is told never matters."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st

from postpatch.model import (
    ApprovalRule,
    AvailablePatch,
    Finding,
    HostInventory,
    InstalledPackage,
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
from postpatch.verdict.causes.story import Scans, stories

HOST = "i-0123456789abcdef0"
CVE = "CVE-2024-0001"
EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)
NIGHT = EVENING + timedelta(hours=1)
LONG_AGO = EVENING - timedelta(days=30)
LAUNCHED, MORNING = EVENING + timedelta(hours=10), EVENING + timedelta(hours=11)
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


INVENTORIES = st.builds(
    HostInventory,
    st.just(HOST), st.sampled_from((MORNING, MORNING, EVENING)), st.just(NAMES),
    st.lists(
        st.builds(InstalledPackage, st.sampled_from(NAMES), st.sampled_from((OLD, OLD, FIXED)), st.just("x86_64"),
                  st.sampled_from((LONG_AGO, LONG_AGO, MORNING, None))),
        max_size=3,
    ).map(tuple),
)  # fmt: skip
SCANS = st.sampled_from((Scans(LAUNCHED, {HOST: MORNING}), Scans(LAUNCHED, {HOST: EVENING}), Scans(None, {}), Scans()))
# Rows whose version tells which package they are of, should their name not.
TELLING = st.builds(
    lambda name, version, state: InstancePatch(HOST, f"{name}.x86_64", f"{name}.x86_64:{version}", state),
    st.sampled_from(NAMES), st.sampled_from((OLD, FIXED)), st.sampled_from(STATES),
)  # fmt: skip
BASH = InstancePatch(HOST, "bash.x86_64", "bash.x86_64:0:5.2.15-1", "installed")


@st.composite
def cleared(draw):
    """Draw what AWS may tell of a host on which an Install ended well, and of which the inventory was captured."""
    patches = [BASH, *draw(st.lists(TELLING, max_size=2, unique_by=lambda one: one.kb))]
    count = {name: sum(one.state == name for one in patches) for name in STATES}
    started = draw(st.sampled_from((NIGHT, MORNING + timedelta(hours=1))))
    state = PatchState(
        HOST, "Install", started, started + timedelta(minutes=5), "pb-1", installed=count["installed"],
        installed_other=count["installedother"], missing=count["missing"], failed=count["failed"],
        pending_reboot=count["installedpendingreboot"], rejected=count["installedrejected"],
    )  # fmt: skip
    baseline = PatchBaseline("pb-1", "pww", system="AMAZON_LINUX_2023")
    managed = ManagedHost(HOST, "Online", draw(st.sampled_from(("Amazon Linux 2023",) * 3 + ("Ubuntu 22.04",))))
    left = Leftovers((HOST,), tuple(patches), (baseline,), (), EVENING, (draw(INVENTORIES),))
    command = PatchCommand(HOST, "c-1", "Install", "Success", started, started + timedelta(minutes=5))
    return Patching((state,), (command,), (managed,)), left, draw(SCANS)


def should(finding, patching, left, scans):
    """Return the cause, and whether patching should have removed the finding."""
    (story,) = stories(patching, left, PatchingPolicy(baseline="pww"), scans).values()
    found = cause_of(finding, story)[0]
    return found, EXPLANATIONS[found].patching_should


@settings(max_examples=400, deadline=None)
@given(FINDINGS, cleared(), st.sampled_from([timedelta(hours=hours) for hours in (1, 11, 24, 24 * 60)]))
def test_an_older_list_never_clears_patching(finding, told, age):
    """However much older Patch Manager's list is, a finding that patching should have removed stays one."""
    patching, left, scans = told
    (state,) = patching.states
    older = replace(state, started_at=state.started_at - age, ended_at=state.ended_at - age)
    _, before = should(finding, patching, left, scans)
    _, after = should(finding, replace_states(patching, older), left, scans)
    assert after or not before


@settings(max_examples=400, deadline=None)
@given(st.data(), FINDINGS, cleared())
def test_hidden_rows_never_clear_patching(data, finding, told):
    """Rows that are lost, of the list or of the inventory as a whole, never make a cause better."""
    patching, left, scans = told
    inventories = left.inventories if data.draw(st.booleans()) else ()
    rest = replace(left, patches=some_of(data.draw, left.patches), inventories=inventories)
    _, before = should(finding, patching, left, scans)
    _, after = should(finding, patching, rest, scans)
    assert after or not before


@settings(max_examples=400, deadline=None)
@given(st.data(), FINDINGS, cleared(), st.sampled_from(("-libs", "2", ".el9", "-compat")))
def test_other_names_never_clear_patching(data, finding, told, ending):
    """A package that the list, or the finding, calls by another name is not proven to be outside patching's reach."""
    patching, left, scans = told
    rows = tuple(_renamed(row, ending) if data.draw(st.booleans()) else row for row in left.patches)
    packages = tuple(
        replace(one, name=one.name + ending) if data.draw(st.booleans()) else one for one in finding.packages
    )
    _, before = should(finding, patching, left, scans)
    for renamed, listed in ((finding, rows), (replace(finding, packages=packages), left.patches)):
        _, after = should(renamed, patching, replace(left, patches=listed), scans)
        assert after or not before


@given(FINDINGS, cleared())
def test_what_clears_patching_is_in_the_inventory(finding, told):
    """Only an inventory captured after the launch clears anything, by the very packages of the finding."""
    patching, left, scans = told
    found, red = should(finding, patching, left, scans)
    event(str(found))
    if not red:
        (inventory,) = left.inventories
        assert inventory.captured_at == MORNING
        assert any(inventory.versions(package.name) for package in finding.packages)


def _renamed(row, ending):
    # As Patch Manager would list a package of that name: name.arch, and the version after it.
    kb = f"{row.name}{ending}.{row.arch}"
    return replace(row, kb=kb, title=f"{kb}:{row.version}")


def replace_states(patching, state):
    """Return what AWS told, with another patch state."""
    return Patching((state,), patching.commands, patching.managed)


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
