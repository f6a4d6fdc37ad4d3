"""Each command of docs/signing.md is typed into a shell, in the order of the page, on the simulated AWS."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.evidence.authority import Authority
from tests.http.conftest import KEYS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "signing.md").read_text(encoding="utf-8")
COMMANDS = [
    line.removeprefix("$ ")
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("$ ") and not line.startswith("$ pip install")
]
STORED = "20261129T083505Z-10efc0f9"  # the page's example of a pack's folder


def commands_in(folder):
    """Make the two commands of the page, whatever their own scripts say of the folder that Python is in."""
    for name, module in (("aws", "awscli"), ("postpatch", "postpatch")):
        command = folder / "commands" / name
        command.parent.mkdir(exist_ok=True)
        command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m {module} "$@"\n', encoding="utf-8")
        command.chmod(0o755)
    return folder / "commands"


@pytest.fixture
def shell(served, sealed, tmp_path):
    """Return what types commands into one shell, stopping at the first that fails; it returns all that was said."""
    environment = sealed | KEYS | {
        "AWS_ENDPOINT_URL_S3": served.url, "AWS_ENDPOINT_URL_KMS": served.url, "no_proxy": "*",
        "PYTHONPATH": str(ROOT),
        "PATH": os.pathsep.join([str(commands_in(tmp_path)), os.environ["PATH"]]),
    }  # fmt: skip

    def run(commands):
        script = "set -euxo pipefail\n" + "\n".join(commands)
        bash = shutil.which("bash") or "bash"
        ran = subprocess.run(  # noqa: S603 - our own page
            [bash, "-c", script],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    return run


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed, which the page uses")
def test_the_page_works_as_it_is_written(shell, served, rehearsed, tmp_path):
    """Signing and checking with a file, with KMS and with a time stamp, and storing the pack under a lock."""
    shutil.copytree(rehearsed("--world", "workshop").reports, tmp_path / "reports")
    authority = Authority(tmp_path / "tsa")
    shutil.copyfile(authority.root, tmp_path / "tsa-root.pem")

    def here(command):
        # What signs by KMS, and what reads or writes S3, is to be told that the simulated AWS is meant.
        command = re.sub(r'--kms "\$KEY"|(?<=evidence )\w+ .*?s3://\S+', rf"\g<0> --endpoint-url {served.url}", command)
        return command.replace("http://tsa.example.com/tsr", url)

    with authority.serving() as url:
        last = next(at for at, command in enumerate(COMMANDS) if "evidence store" in command)
        said = shell(map(here, COMMANDS[: last + 1]))
        folder = re.search(r"^stored: s3://example-patch-evidence/2026-11/(\S+), sha256", said, re.MULTILINE)[1]
        said += shell(here(command).replace(STORED, folder) for command in COMMANDS[last + 1 :])
    assert len(COMMANDS) == 18
    assert said.count("Verified: the holder of") == 5
    assert said.count("as the authority CN=Stamps for tests stamped it") == 1
    assert '"COMPLIANCE",' in said
    assert "the same verdict: PASS" in said
    lock = served.client("s3").get_object_lock_configuration(Bucket="example-patch-evidence")
    retention = lock["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert (retention["Mode"], retention["Days"]) == ("COMPLIANCE", 400)
    keys = {one["Key"] for one in served.client("s3").list_objects_v2(Bucket="example-patch-evidence")["Contents"]}
    assert {
        f"2026-11/{folder}/{name}" for name in ("manifest.json", "attestation.dsse.json", "evidence/policy.toml")
    } <= keys


def test_the_page_names_the_permissions_that_are_used():
    """The policy on the page allows just the two calls that `postpatch.aws.kms` makes."""
    assert set(re.findall(r'"(kms:\w+)"', PAGE)) == {"kms:Sign", "kms:GetPublicKey"}
