"""Nothing is written before everything is checked."""

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from postpatch.verdict.checks import CHECKS
from tests.suite.exported import export, fixable, unfixable

ROOT = Path(__file__).parents[2]
USAGE = 4
NOWHERE = "http://127.0.0.1:9"  # nobody answers there: a run that asked AWS anything would end with 10
OWN = (
    ('account = "123456789012"', 'account = "210987654321"'),
    ('region = "us-east-1"', 'region = "eu-central-1"'),
)


def pack_of(reports):
    """Return what a folder of reports holds, file by file."""
    return {path: path.read_bytes() for path in reports.rglob("*") if path.is_file()}


def test_a_first_live_run_without_a_baseline_asks_and_creates_nothing(run):
    """It is refused once, in one sentence that begins with what to do, before AWS is asked anything."""
    ran = run("-m", "verify", "--aws", "live", "--endpoint-url", NOWHERE)
    assert ran.exit == USAGE
    (error,) = [line for line in ran.out.splitlines() if line.startswith("ERROR: ")]
    assert error.startswith("ERROR: Take a baseline: pytest -m baseline --aws live")
    assert not ran.reports.exists()


@pytest.mark.parametrize("selection", [("--check", "FIND-1"), ("-k", "every_remaining_finding")], ids=["check", "k"])
def test_a_part_that_compares_is_refused_without_a_baseline_too(rehearse, selection):
    """What the selected checks need is known once they are collected, and still before AWS is asked anything."""
    ran = rehearse(*selection, "--aws", "live", "--endpoint-url", NOWHERE)
    assert (ran.exit, ran.out.count("Take a baseline: ")) == (USAGE, 1), ran.out
    assert pack_of(ran.reports) == {}


def test_reports_that_are_a_file_are_refused(rehearse, tmp_path):
    """One sentence, and no traceback of pytest's."""
    file = tmp_path / "file"
    file.write_text("mine", encoding="utf-8")
    ran = rehearse(f"--reports={file}")
    assert (ran.exit, file.read_text(encoding="utf-8")) == (USAGE, "mine")
    assert f"{file} is a file" in ran.out
    assert "INTERNALERROR" not in ran.out


@pytest.mark.parametrize(
    ("arguments", "pair", "words"),
    [
        ((), ('region = "us-east-1"', 'region = "us-est-1"'), "Did you mean us-east-1 or us-west-1?"),
        ((), ("cutoff_hours = 0", "cutof_hours = 0"), "Did you mean cutoff_hours?"),
        ((), ('"CONTINUE_TASK"', '"CONTINUE_TSK"'), "Did you mean CONTINUE_TASK?"),
        (("--world", "unpached"), ("minutes = 90", "minutes = 91"), "Did you mean unpatched?"),
        ((), ('stack = "pww"  ', 'instances = ["i-0123456789abcdef0"]  '), "rehearse with a stack"),
    ],
    ids=["region", "key", "value", "world", "instances"],
)
def test_a_typing_error_is_refused_with_what_was_meant(rehearse, policy_file, arguments, pair, words):
    """Whatever is mistyped, the run is refused and says what may have been meant."""
    ran = rehearse(policy_file(pair), *arguments)
    assert (ran.exit, words in ran.out) == (USAGE, True), ran.out
    assert pack_of(ran.reports) == {}


def test_rehearsals_never_displace_a_recorded_run(rehearse_in, tmp_path):
    """Two rehearsals into its folder are refused, and its pack stays as it is."""
    run = rehearse_in(tmp_path)
    before = export(tmp_path / "before.json", fixable() + unfixable())
    reports = tmp_path / "kept"
    judged = run("--aws", "recorded", f"--baseline={before}", f"--after={before}", f"--reports={reports}")
    assert judged.exit == 1
    pack = pack_of(reports)
    for _ in range(2):
        assert run("--world", "workshop", f"--reports={reports}").exit == USAGE
        assert pack_of(reports) == pack


@pytest.mark.parametrize(
    ("scope", "target"),
    [
        ('stack = "shop"', '"aws:cloudformation:stack-name" = ["shop"]'),
        ('tag = { key = "Fleet", value = "web" }', '"Fleet" = ["web"]'),
        ('auto_scaling_group = "shop-web"', '"aws:autoscaling:groupName" = ["shop-web"]'),
    ],
    ids=["stack", "tag", "group"],
)
def test_ones_own_policy_can_be_rehearsed(rehearse, policy_file, scope, target):
    """In its own account and region, with its own scope and baseline, every check is proven."""
    own = policy_file(
        *OWN,
        ('stack = "pww"', scope),
        ('"aws:cloudformation:stack-name" = ["pww"]', target),
        ('baseline = "pww"', 'baseline = "shop-baseline"'),
    )
    ran = rehearse(own)
    assert (ran.exit, ran.ids("passed")) == (0, {check.id for check in CHECKS}), ran.out
    assert (ran.verdict["account"], ran.verdict["region"]) == ("210987654321", "eu-central-1")


def test_the_baseline_is_counted_as_the_verify_run_counts_it(rehearsed):
    """What is said of a baseline, and what is compared with it, is one number and one sha256; rows are called rows."""
    taken = rehearsed("-m", "baseline", "--world", "workshop")
    judged = rehearsed("--world", "workshop", f"--baseline={taken.reports / 'baseline.ndjson.gz'}")
    counts = judged.verdict["counts"]
    failed = judged.verdict["configuration"]["baseline"]
    rows = json.loads((taken.reports / "baseline.manifest.json").read_text(encoding="utf-8"))["rows"]
    said = f"baseline: {counts['baseline']} active findings and {failed} failed CIS checks on 3 hosts, in {rows} rows"
    assert said in taken.out
    digest = sha256((taken.reports / "baseline.ndjson.gz").read_bytes()).hexdigest()
    assert f"baseline.ndjson.gz, sha256 {digest}; without a scan: none" in taken.out
    assert f" UTC, sha256 {digest}\n" in judged.out
    assert judged.verdict["baseline"]["sha256"] == digest
    assert digest in (judged.reports / "verify.html").read_text(encoding="utf-8")


def test_the_plan_says_what_would_be_done_and_writes_nothing(run):
    """Hosts, what would be started and created; nothing is left, in the folder of the reports neither."""
    ran = run("-m", "verify", "--plan")
    assert ran.exit == 0, ran.out
    for words in (
        "account 123456789012, region us-east-1", "hosts of stack pww: i-", "pww-RedTeamHost",
        "start: association InspectorInventoryCollection-do-not-delete", "start: a one-time CIS scan of stack pww",
        "create: maintenance window pww_mw", "create: target pww_targets", "create: task pww_task",
        "Nothing was started or created",
    ):  # fmt: skip
        assert words in ran.out
    assert not ran.reports.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--world", "console-window"], 0, "leave as it is: maintenance window pww_mw"),
        (["--world", "vm-scanner-started"], 0, "start: the VM scanner of 3 hosts, Linux, by Run Command"),
        (["--read-only"], 0, "reads only: nothing is started or created"),
        (["-m", "baseline"], 0, "no window is created"),
        (["--world", "scanning-off"], 10, "Enable Amazon Inspector's EC2 scanning"),
        (["--world", "empty-fleet"], 10, "Could not ask for the resources of stack pww"),
        (["--aws", "live"], USAGE, "Take a baseline"),
        (["--aws", "recorded", "--baseline=a", "--after=b"], USAGE, "--plan says what is started"),
    ],
    ids=["window there", "vm scanner", "reading", "baseline", "scanning off", "no hosts", "no baseline", "recorded"],
)
def test_the_plan_of_other_runs(rehearse, arguments, code, words):
    """What is there is left as it is; problems end with the exit code of the run itself."""
    ran = rehearse(*arguments, "--plan")
    assert (ran.exit, words in ran.out) == (code, True), ran.out
    assert pack_of(ran.reports) == {}


def test_everything_that_aws_refuses_is_said_before_a_window_is_created(rehearse):
    """With Inspector switched off no window is created, and the reason is that, for the window's checks too."""
    ran = rehearse("--world", "scanning-off")
    assert ran.ids("error") >= {"MW-1", "TASK-1", "SCAN-1"}
    assert ran.reason("MW-1").startswith("Enable Amazon Inspector's EC2 scanning")
    assert "ssm:CreateMaintenanceWindow" not in ran.verdict["calls"]
    assert "inspector2:CreateCisScanConfiguration" not in ran.verdict["calls"]


@pytest.mark.parametrize("way", ["check", "rejudge"])
def test_a_reader_that_hangs_up_ends_a_command_quietly(rehearse, way):
    """What `| head -1` does is no error of ours, and no traceback is printed."""
    reports = rehearse("--world", "workshop", "-k", "window_duration").reports
    command = [sys.executable, "-m", "postpatch", "evidence", way, str(reports)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603
        process.stdout.close()  # before the first line is written
        said = process.stderr.read().decode()
    assert (process.returncode, said) == (141, "")
