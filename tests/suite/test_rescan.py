"""`[patching] rescan`: where an older list leaves a cause open, Patch Manager is asked again, if the run may write."""

from dataclasses import replace

import pytest

from postpatch.aws.session import SEND_COMMAND
from postpatch.simulator import worlds
from postpatch.simulator.worlds import scanned_overnight
from postpatch.verdict.causes.kinds import Kind
from tests.suite.rehearsing import collection_of
from tests.suite.world_policies import in_toml

RESCAN = "rolled-back-rescan"


def collected(folder, world, *, rescan, read_only=False):
    """Return the case of a world, by a policy that does or does not allow the Scan, and the calls that were made."""
    path = folder / "policy.toml"
    path.write_text(in_toml({"patching": {"rescan": rescan}}), encoding="utf-8")
    collection = collection_of(folder, world, path)
    session = collection.session
    if read_only:
        collection.value("rehearsal")
        session.settings = replace(session.settings, read_only=True)
        vars(session).pop("connection", None)
        session.connection.clock = session.simulator.now
    return collection.case, session.connection.calls


def causes(case):
    """Return the causes of the findings that patching could remove, and what proves them."""
    return {
        (one.kind, dict(one.proof).get("State", ""))
        for one in case.remaining
        if one.kind in (Kind.MISSING, Kind.PATCHABLE)
    }


@pytest.mark.parametrize(
    ("rescan", "cause"), [(True, (Kind.MISSING, "missing")), (False, (Kind.PATCHABLE, ""))], ids=["allowed", "off"]
)
def test_a_fresh_list_settles_what_an_older_one_cannot(tmp_path, rescan, cause):
    """A Scan lists what was rolled back as missing; without it the cause stays open. One command serves both nodes."""
    case, calls = collected(tmp_path, worlds()[RESCAN], rescan=rescan)
    assert causes(case) == {cause}
    assert calls[SEND_COMMAND] == int(rescan)


def test_a_run_that_reads_only_asks_for_no_scan(tmp_path):
    """The policy allows it, and the run does not: of what Inspector saw in the night the cause stays open."""
    seen = replace(worlds()[RESCAN], deploy=scanned_overnight.deploy)
    case, calls = collected(tmp_path, seen, rescan=True, read_only=True)
    assert {kind for kind, _ in causes(case)} == {Kind.PATCHABLE}
    assert calls[SEND_COMMAND] == 0


def test_where_nothing_is_open_no_scan_runs(tmp_path):
    """A fleet that was patched well is not touched."""
    case, calls = collected(tmp_path, worlds()[RESCAN].without_its_defect(), rescan=True)
    assert causes(case) == set()
    assert calls[SEND_COMMAND] == 0


def test_the_installation_is_still_known_after_the_scan(tmp_path):
    """The Scan overwrites the patch state; the stories keep what it showed."""
    case, _ = collected(tmp_path, worlds()[RESCAN], rescan=True)
    again = case.evidence.rescan
    assert again.in_time
    assert {state.operation for state in again.patching.states} == {"Scan"}
    assert all(case.stories[host].installed and case.stories[host].list_is_newer for host in again.hosts)
    assert case.evidence.patching.state(again.hosts[0]).operation == "Install"
