"""Inspector Classic: the template is run again, waited for, and both runs are read to the end."""

from datetime import UTC, datetime, timedelta

import pytest

from postpatch.aws import inspector_classic as classic
from postpatch.aws.session import Connection
from postpatch.errors import CouldNotCheck
from postpatch.simulator import Simulator, worlds

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def aws():
    """Return the tutorial's own world, before its first run."""
    return Simulator(worlds()["workshop-classic"], datetime(2026, 11, 20, 21, tzinfo=UTC))


@pytest.fixture(scope="module")
def connection(aws):
    """Return a connection to it."""
    return Connection(aws.session(), clock=aws.now, poll_seconds=0)


@pytest.fixture(scope="module")
def template(connection):
    """Return the template of the Assess phase."""
    return classic.find_template(connection, "pww template")


@pytest.fixture(scope="module")
def first_run(connection, template):
    """Return the first completed run, waited for."""
    hosts = dict.fromkeys(["i-unknown"], LONG_AGO)
    launched = classic.launch(connection, template, lambda _: None)
    return classic.wait_for(connection, launched, hosts, 60, lambda *_: None)


def test_the_only_template_needs_no_name(connection, template):
    """Where there is one template, the policy need not name it."""
    assert classic.find_template(connection, None) == template


def test_a_template_that_is_not_there_is_named_with_those_that_are(connection):
    """The error says which template was wanted and which ones the account has."""
    with pytest.raises(CouldNotCheck, match=r"'nightly'.*pww template"):
        classic.find_template(connection, "nightly")


def test_a_run_is_waited_for_through_its_states(first_run, template):
    """The wait ends when the run has completed, and the run says what it looked for."""
    assert (first_run.assessment_state, first_run.timed_out) == ("COMPLETED", False)
    assert first_run.covers == template.rules_packages


def test_a_wait_that_ran_out_says_so(connection, template):
    """A run that does not end in time comes back with its state, and no host is shown to be looked at."""
    slow = Connection(connection.session, clock=connection.clock, poll_seconds=0)
    launched = classic.launch(slow, template, lambda _: None)
    run = classic.wait_for(slow, launched, {"i-any": LONG_AGO}, 0, lambda *_: None)
    assert run.timed_out
    assert not any(host.fresh for host in run.hosts)
    classic.wait_for(slow, launched, {"i-any": LONG_AGO}, 60, lambda *_: None)


def test_reading_only_starts_no_run(aws, template):
    """A connection that only reads launches nothing."""
    reading = Connection(aws.session(), read_only=True, clock=aws.now, poll_seconds=0)
    launched = classic.launch(reading, template, lambda _: None)
    assert (launched.started, launched.assessment_run) == (False, "")
    assert "inspector:StartAssessmentRun" not in reading.calls


def test_every_finding_is_read_and_the_placeholder_is_none(connection, first_run):
    """The tutorial's 117 findings are described in tens, and nothing else is counted."""
    rows = list(classic.findings(connection, first_run, "123456789012", with_fixes=False))
    assert len(rows) == 117
    assert not any("No potential security issues" in row.title for row in rows)
    assert len({(row.host, row.vulnerability, row.package) for row in rows}) == 117


def test_root_login_is_a_rule_and_no_package(connection, first_run):
    """What Patch Manager cannot fix is told apart from packages."""
    rows = classic.findings(connection, first_run, "123456789012", with_fixes=False)
    (root,) = {(row.type, row.packages) for row in rows if row.vulnerability == "Disable root login over SSH"}
    assert root == ("SECURITY_RULE", ())


def test_fixes_are_asked_for_by_batches_and_only_when_wanted(connection, first_run):
    """Which vulnerabilities have a patch costs at most one call for ten findings."""
    before = connection.calls["ssm:DescribeAvailablePatches"]
    rows = list(classic.findings(connection, first_run, "123456789012", with_fixes=True))
    asked = connection.calls["ssm:DescribeAvailablePatches"] - before
    assert 0 < asked <= len(rows) / 10 + 1
    assert {row.fix_available for row in rows if row.packages} == {"YES", "NO"}


def test_a_host_without_an_agent_in_the_run_was_not_looked_at(first_run):
    """A host whose agent took no part has no proof, and the reason says so."""
    (host,) = first_run.hosts
    assert not host.fresh
    assert "agent did not take part" in host.reason


def test_a_host_is_fresh_only_if_the_run_began_after_its_patching(connection, first_run):
    """A run that began before the patching proves nothing about it."""
    arn, launched = first_run.assessment_run, first_run.launch
    (host, *_) = sorted(classic.agents_of(connection, arn))
    later = connection.clock() + timedelta(hours=1)
    fresh = classic.described_run(connection, launched, arn, {host: LONG_AGO}).hosts[0]
    stale = classic.described_run(connection, launched, arn, {host: later}).hosts[0]
    assert (fresh.proof, stale.proof) == ("assessment run", "")


def test_there_must_be_a_run_to_compare_with(connection, template):
    """Without a completed run before a moment there is no baseline, and the error says how to get one."""
    with pytest.raises(CouldNotCheck, match="pytest -m baseline --inspector classic"):
        classic.completed_run(connection, template, LONG_AGO)


def test_items_that_could_not_be_described_are_an_error(connection):
    """Classic answers 200 where it failed; what failed must not look like nothing."""
    gone = "arn:aws:inspector:us-east-1:123456789012:target/0-aaaaaaaa/template/0-bbbbbbbb/run/0-cccccccc"
    with pytest.raises(CouldNotCheck, match="ITEM_DOES_NOT_EXIST"):
        classic.described_run(connection, None, gone, {})
