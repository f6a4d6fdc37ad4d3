"""What a release asks before it is made, of advisories and of parliament, and its SBOM: all in one environment.

In one file, because workers share out files: two of them would install into that environment at the same time.
"""

import json
import re
import shutil
import subprocess

import pytest

from tests.install.environments import ROOT

LOCKS = ["requirements-live.lock", "requirements.lock", "requirements-dev.lock"]
LOCKED = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)
HASHED = re.compile(r"--hash=sha256:([0-9a-f]{64})")
AUDITOR = """#!/bin/sh
echo "$@" >> "{asked}"
case "$*" in *"{vulnerable}") exit 1;; esac
"""


def make(*words):
    """Run make, and return what came of it."""
    return subprocess.run(["make", *words], cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)  # noqa: S603, S607


@pytest.mark.parametrize(("vulnerable", "asked"), [("none", 3), *((lock, at + 1) for at, lock in enumerate(LOCKS))])
def test_each_lock_is_audited(tmp_path, vulnerable, asked):
    """Each is asked about with its hashes, and strictly; the first with a known weakness ends it with an error."""
    (tmp_path / ".installed").touch()
    auditor = tmp_path / "pip-audit"
    auditor.write_text(AUDITOR.format(asked=tmp_path / "asked", vulnerable=f" {vulnerable}"), encoding="utf-8")
    auditor.chmod(0o755)
    ended = make("audit", f"RELEASE={tmp_path}")
    assert (ended.returncode == 0) == (vulnerable == "none"), ended.stderr
    words = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert [line.split()[-1] for line in words] == LOCKS[:asked]
    assert all({"--strict", "--require-hashes", "--disable-pip"} <= set(line.split()) for line in words)


def test_parliament_finds_nothing_without_a_reason():
    """The policies are as the Service Authorization Reference has them, but for what iam/lint.py gives a reason for."""
    ended = make("lint-iam")
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_parliament_finds_a_policy_that_is_wrong(tmp_path):
    """An action that AWS does not have, and a read of everything that could be narrowed, are named with their file."""
    assert make("lint-iam").returncode == 0
    policies = shutil.copytree(ROOT / "iam", tmp_path / "iam")
    (policies / "read-only.json").write_text(
        (policies / "read-only.json").read_text(encoding="utf-8").replace("ssm:ListCommands", "ssm:ListOrders"),
        encoding="utf-8",
    )
    python = ROOT / "build" / "release" / "bin" / "python"
    lint = [python, "-W", "ignore", "-m", "iam.lint"]
    ended = subprocess.run(lint, cwd=tmp_path, capture_output=True, text=True, timeout=400, check=False)  # noqa: S603
    assert ended.returncode == 1, ended.stderr
    assert "read-only.json: " in ended.stdout
    assert "ListOrders" in ended.stdout


def test_the_sbom_lists_each_locked_package_with_its_hashes():
    """Name, version and hashes are those of the lock from which a live run is installed; nothing is of this machine."""
    made = make("sbom")
    assert made.returncode == 0, made.stdout + made.stderr
    text = (ROOT / "build" / "postpatch.cdx.json").read_text(encoding="utf-8")
    lock = (ROOT / "requirements-live.lock").read_text(encoding="utf-8")
    sbom = json.loads(text)
    assert (sbom["bomFormat"], sbom["metadata"]["component"]["name"]) == ("CycloneDX", "postpatch")
    assert {(part["name"], part["version"]) for part in sbom["components"]} == set(LOCKED.findall(lock))
    hashes = {
        one["content"] for part in sbom["components"] for link in part["externalReferences"] for one in link["hashes"]
    }
    assert hashes == set(HASHED.findall(lock))
    assert str(ROOT) not in text
