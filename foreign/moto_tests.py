"""`python -m foreign.moto_tests`: run moto's own tests of four services against the simulated AWS, over HTTP.

What differs is compared with `differences.toml`, which has a reason for each: an unexpected difference fails the
command, and so does an expected one that is none any more.
"""

import json
import os
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

from .moto_source import BUILD, PACKAGES, ROOT, fetch_moto
from .served import served

SUITES = ("tests/test_ssm", "tests/test_inspector2", "tests/test_sts", "tests/test_iam")
DIFFERENCES = Path(__file__).with_name("differences.toml")
_OUTCOMES = BUILD / "moto-outcomes.jsonl"
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")


def main() -> int:
    """Print the table, and what is not as expected; return 1 if there is any of that."""
    expected = read_expected()
    folder = fetch_moto()
    _OUTCOMES.unlink(missing_ok=True)
    with served("foreign.empty_account") as address:
        _run(folder, address)
    outcomes, told = _read_outcomes()
    failed = {test for test, outcome in outcomes.items() if outcome == "failed"}
    counts = Counter(outcomes.values())
    _say(f"{folder.name}: {counts['passed']} of its tests pass, {counts['skipped']} are skipped, {len(failed)} fail")
    for reason, tests in expected.items():
        _say(f"{len(tests):4} expected: {reason}")
    known = {test for tests in expected.values() for test in tests}
    for test in sorted(failed - known):
        _say(f"UNEXPECTED {test}: {told[test]}")
    for test in sorted(known - failed):
        _say(f"NO DIFFERENCE ANY MORE {test}: {outcomes.get(test, 'not run')}; take it out of {DIFFERENCES.name}")
    if not outcomes:
        _say("moto's tests did not run; pytest's own words are above")
    return 0 if outcomes and failed == known else 1


def read_expected() -> dict[str, list[str]]:
    """Read the expected differences: tests by reason."""
    rows = tomllib.loads(DIFFERENCES.read_text(encoding="utf-8"))["difference"]
    expected: dict[str, list[str]] = {}
    for row in rows:
        expected.setdefault(row["reason"], []).extend(row["tests"])
    return expected


def _run(folder: Path, address: str) -> None:
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ} | {
        "AWS_ACCESS_KEY_ID": "SIMULATED",
        "AWS_SECRET_ACCESS_KEY": "simulated",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "TEST_SERVER_MODE": "true",
        "TEST_SERVER_MODE_ENDPOINT": address,
        "FOREIGN_OUTCOMES": str(_OUTCOMES),
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(PACKAGES))),
    }
    # Neither this project's settings nor its plugin play a part.
    options = ["-c", os.devnull, "--rootdir", ".", "-p", "no:postpatch", "-p", "no:cacheprovider"]
    options += ["-p", "foreign.moto_plugin", "-q", "--no-header", "--tb=no", "--no-summary", "-W", "ignore"]
    command = [sys.executable, "-m", "pytest", *options, *SUITES]
    subprocess.run(command, check=False, cwd=folder, env=environment)  # noqa: S603 - moto's tests, as pinned


def _read_outcomes() -> tuple[dict[str, str], dict[str, str]]:
    """Read the worst outcome of each test, and the last line of what it said."""
    outcomes: dict[str, str] = {}
    told: dict[str, str] = {}
    for line in _OUTCOMES.read_text(encoding="utf-8").splitlines() if _OUTCOMES.exists() else ():
        row = json.loads(line)
        if outcomes.get(row["test"]) != "failed":
            outcomes[row["test"]], told[row["test"]] = row["outcome"], row["told"]
    return outcomes, told


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
