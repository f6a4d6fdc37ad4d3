"""The SBOM of a release names what a live run installs, and nothing of the machine that made it."""

import json
import re
import subprocess

from tests.install.environments import ROOT

LOCKED = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)
HASHED = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def test_it_lists_each_locked_package_with_its_hashes():
    """Name, version and hashes are those of the lock from which a live run is installed."""
    made = subprocess.run(["make", "sbom"], cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)  # noqa: S607
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
