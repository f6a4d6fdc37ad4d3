"""The policies in iam/: the suite passes with exactly these permissions, and says which one is missing.

Their form is tests/contract/test_policies.py's to say.
"""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from iam.cleaning import clean_up
from iam.policies import files, proved
from iam.runs import BASELINE, CLEANUP, READ_ONLY, RUNS, VERIFY
from postpatch.errors import CouldNotCheck
from postpatch.verdict.checks import CHECKS
from tests.catalogue.tried_again import Evening, Morning
from tests.suite.conftest import Ran, once_for_all_workers

IAM = Path(__file__).parents[2] / "iam"
MODES = (BASELINE, VERIFY, READ_ONLY)
POLICIES = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(IAM.glob("*.json"))}
BY_MODE = {mode: proved(POLICIES[f"{mode}.json"]) for mode in (*MODES, CLEANUP)}

DENIED = re.compile(r"not authorized to perform: ([\w:-]+)")
# What only explains where it may be read: without it nothing is explained.
EXPLAINING = {"s3:GetObject"}


def actions(policy):
    """Return the actions that a policy allows, sorted."""
    return sorted(action for statement in policy["Statement"] for action in statement["Action"])


def named(missing, reasons, called):
    """Return the missing actions that are named as the reason of an error: some must be, and each was called."""
    found = missing & {action for why in reasons for action in DENIED.findall(why)}
    assert found, (missing, reasons)
    assert found <= called
    return found


@pytest.fixture(scope="session")
def enter(rehearse_in, tmp_path_factory):
    """Return what rehearses a run under policies by mode, and returns how it ended and its calls by mode."""

    def entered(run, policies, *args):
        folder = tmp_path_factory.mktemp(run.name)
        prepare = run.rehearsal(folder / "calls", policies[BASELINE], policies[run.mode])
        ran = rehearse_in(folder)(*run.args(folder), *args, prepare=prepare)
        return ran, run.calls(prepare)

    return entered


@pytest.fixture(scope="session")
def with_exactly_these(enter, shared_folder):
    """Return what rehearses a run under the policies as they stand, once."""

    def entered(run):
        ran, calls = enter(run, BY_MODE)
        return [ran.written(), {mode: sorted(names) for mode, names in calls.items()}]

    @cache
    def once(run):
        ran, calls = once_for_all_workers(shared_folder / f"iam-{run.name}", lambda: entered(run))
        return Ran.read(ran), {mode: frozenset(names) for mode, names in calls.items()}

    return once


@pytest.fixture(scope="session")
def own_actions(with_exactly_these):
    """Return what returns, for a mode, the actions of each run that none before it calls: together its policy's."""

    @cache
    def of(mode):
        found, own, policy = set(), {}, set(actions(BY_MODE[mode]))
        for run in (run for run in RUNS if mode in (BASELINE, run.mode)):
            called = with_exactly_these(run)[1].get(mode, frozenset()) & policy
            own[run] = called - found
            found |= called
        assert found == policy
        return own

    return of


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_the_suite_needs_no_more(with_exactly_these, run):
    """With exactly its policy enforced, and nothing of what is not proved, the suite sees all and judges as ever."""
    ran, _ = with_exactly_these(run)
    assert ran.ids("failed") == run.red, ran.out
    assert ran.ids("passed") == {check.id for check in CHECKS} - run.red


def test_a_baseline_needs_no_more(enter):
    """Taking a baseline for its own sake passes with the baseline's policy."""
    ran, calls = enter(RUNS[0], BY_MODE, "-m", "baseline")
    assert ran.exit == 0, ran.out
    assert calls[BASELINE]
    assert not calls[VERIFY]


@pytest.mark.parametrize("run", [run for run in RUNS if run.mode == VERIFY], ids=lambda run: run.name)
def test_a_missing_permission_is_an_error_that_names_it(enter, own_actions, run, tmp_path):
    """Actions that the suite was seen to call are taken away: some check could not look, and says for want of what.

    A check says what it lacks first. That is then allowed, and the rest is missing still, until each was named: the
    first time in a whole run, which is never a pass, and then in the same world, where it is verified again.
    """
    missing = own_actions(VERIFY)[run] - EXPLAINING
    if missing:
        ran, calls = enter(run, BY_MODE | {VERIFY: proved(BY_MODE[VERIFY], without=missing)})
        assert ran.exit == (1 if ran.ids("failed") else 10)
        assert ran.verdict["verdict"] != "PASS"
        missing -= named(missing, [ran.reason(check) for check in ran.ids("error")], calls[VERIFY])
    morning = Morning(run, tmp_path, BY_MODE) if missing else None
    while missing:
        missing -= named(missing, *morning.verify(without=missing))


@pytest.mark.parametrize("action", sorted(EXPLAINING))
def test_what_only_explains_may_be_missing(enter, with_exactly_these, action):
    """Nothing is an error then; more is red, and the cause of each finding says what could not be read."""
    run = next(run for run in RUNS if action in with_exactly_these(run)[1].get(VERIFY, ()))
    ran, calls = enter(run, BY_MODE | {VERIFY: proved(BY_MODE[VERIFY], without={action})})
    assert action in calls[VERIFY]
    assert ran.ids("error") == set()
    assert ran.ids("failed") > run.red
    assert f"Allow {action} to the caller" in (ran.reports / "verify.html").read_text(encoding="utf-8")


def test_no_baseline_is_taken_without_a_permission(enter, own_actions):
    """An action that taking a baseline was seen to call is taken away: none is kept, and the whole run says why."""
    action = min(own_actions(BASELINE)[RUNS[0]])
    ran, calls = enter(RUNS[0], BY_MODE | {BASELINE: proved(BY_MODE[BASELINE], without={action})}, "-m", "baseline")
    assert ran.exit == 10
    assert named({action}, [ran.out], calls[BASELINE]) == {action}
    assert not (ran.reports / "baseline.ndjson.gz").exists()


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_no_baseline_is_taken_without_any_one_permission(own_actions, run, tmp_path):
    """Each of these actions is taken away alone, in one evening: no baseline is written, and the error says why."""
    own = own_actions(BASELINE)[run]
    evening = Evening(run, tmp_path, BY_MODE) if own else None
    for action in sorted(own):
        assert named({action}, *evening.take_baseline(without=action)) == {action}


def test_cleaning_up_needs_no_more():
    """With exactly its policy enforced, clean-up deletes all that is ours."""
    assert clean_up(lambda _: None, BY_MODE[CLEANUP]) == ["deleted"] * 4


@pytest.mark.parametrize("action", actions(BY_MODE[CLEANUP]))
def test_cleaning_up_names_what_is_missing(action):
    """An action that clean-up was seen to call is taken away: it stops, and says for want of what."""
    called = []
    with pytest.raises(CouldNotCheck, match=f"not authorized to perform: {action}"):
        clean_up(called.append, proved(BY_MODE[CLEANUP], without={action}))
    assert called[-1] == action


def test_the_files_are_those_that_the_calls_make(with_exactly_these):
    """Each file is what `make iam` writes: nothing is allowed that was not called, and nothing was written by hand."""
    calls = {mode: frozenset() for mode in (*MODES, CLEANUP)}
    for run in RUNS:
        for mode, names in with_exactly_these(run)[1].items():
            calls[mode] |= names
    cleaning = set()
    clean_up(cleaning.add)
    made = files(calls | {CLEANUP: frozenset(cleaning)})
    assert made == {name: (IAM / name).read_text(encoding="utf-8") for name in made}
    assert made.keys() == POLICIES.keys() | {"README.md"}
