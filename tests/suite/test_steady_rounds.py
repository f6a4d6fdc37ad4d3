"""Four weekly rounds on one fleet: a steady state is green every week, and one fixable finding that is left is red."""

from dataclasses import replace
from datetime import timedelta

from postpatch.model import Judgement
from postpatch.simulator import Simulator, worlds
from postpatch.simulator.disclosures import disclose
from postpatch.simulator.worlds import workshop
from postpatch.simulator.worlds.patched_by import let_inspector_scan
from postpatch.verdict import findings as judge
from postpatch.verdict.case import Case
from postpatch.verdict.coverage import every_host_scanned, run_completed, same_hosts
from postpatch.verdict.gates import limits_hold
from postpatch.verdict.new_findings import nothing_new_that_was_fixable
from postpatch.verdict.patching import every_host_patched, no_reboot_pending
from postpatch.verdict.progress import fewer_than_baseline, no_severity_worse
from postpatch.verdict.suppression import nothing_suppressed
from tests.suite.rehearsing import BEGINS, collection_of

FIX = {"sudo": "0:1.9.15-1.p5.amzn2023.0.9"}


def judged(case: Case) -> dict[str, Judgement]:
    """Judge the hosts as a run does."""
    stored, policy, delta = case.evidence, case.policy, case.delta
    baseline_at = stored.baseline.manifest.taken_at
    return {
        "SCAN-1": run_completed(stored.scan, policy.inspector.cis, case.backlog),
        "SCAN-2": every_host_scanned(stored.scan, stored.hosts, case.backlog),
        "SCAN-3": same_hosts(delta, case.changed_hosts, policy.inspector.cis),
        "PATCH-1": every_host_patched(stored.patching, stored.hosts, baseline_at, policy),
        "PATCH-2": no_reboot_pending(stored.patching, stored.hosts),
        "FIND-1": fewer_than_baseline(delta, case.late, case.removable),
        "FIND-2": no_severity_worse(delta, case.late, case.removable),
        "FIND-3": nothing_new_that_was_fixable(delta, case.waivers, policy, case.late, case.remaining, case.holding),
        "FIND-4": judge.nothing_remains_patchable(case.remaining, case.waivers, policy, case.holding),
        "FIND-5": judge.everything_explained(case.remaining, case.waivers, policy),
        "FIND-6": nothing_suppressed(delta, case.suppression, case.waivers, policy),
        "FIND-8": limits_hold(case.gate, policy),
    }


def test_green_green_red_green(tmp_path):
    """Nothing to install, nothing again, a fix that one host's package manager leaves out, and that host put right."""
    steady = worlds()["steady-state"]
    aws = Simulator(steady, BEGINS)
    (node, *_) = workshop.nodes(aws)

    def a_week(number, excludes=frozenset(), fixes=None):
        # What comes out during the week is there when the baseline is taken, before the night's installation.
        if fixes:
            disclose(aws, "CVE-2099-70001", "HIGH", fixes)
        node.excludes = excludes
        let_inspector_scan(aws)
        folder = tmp_path / str(number)
        folder.mkdir()
        case = collection_of(folder, replace(steady), simulator=aws).case
        found = judged(case)
        aws.clock.advance(timedelta(days=7))
        return {check for check, one in found.items() if not one.holds}, found["FIND-1"].reason

    first, said = a_week(1)
    assert first == set()
    assert said.startswith("nothing that patching can remove is left: 20 findings remain, each explained")
    assert a_week(2)[0] == set()
    # Two hosts install the fix, so that there are fewer findings; one keeps the old version, and nothing says why.
    assert a_week(3, frozenset(FIX), FIX)[0] == {"FIND-4", "FIND-5"}
    last, said = a_week(4)
    assert last == set()
    assert said.startswith("nothing that patching can remove is left, of 1 in the baseline: 20 findings remain")
