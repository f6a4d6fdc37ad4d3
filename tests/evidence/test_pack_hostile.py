"""A folder that calls itself a pack may hold anything: `evidence check` says so, in a sentence, and comes to an end."""

import os
import shlex
import signal
import subprocess
import sys

import pytest

from postpatch.__main__ import main
from postpatch.evidence.pack import LARGEST, MANIFEST, read_manifest, seal

CALLS = "evidence/calls.ndjson"
LARGE = 300 * 1024 * 1024


@pytest.fixture
def check(pack, capsys):
    """Return what checks the pack and returns exit code, output and complaints; whatever blocks is interrupted."""

    def run():
        signal.alarm(20)
        try:
            code = main(["evidence", "check", str(pack)])
        finally:
            signal.alarm(0)
        return code, *capsys.readouterr()

    return run


def _fifo(name):
    def put(pack):
        (pack / name).unlink()
        os.mkfifo(pack / name)

    return put


def _large(name, size=LARGE):
    return lambda pack: os.truncate(pack / name, size)


def _endless(name):
    def put(pack):
        (pack / name).unlink()
        (pack / name).symlink_to("/dev/zero")

    return put


def _bytes(name):
    return lambda pack: (pack / name).write_bytes(b'{"\xff\xfe": "\xed\xa0\x80"}\n')


def _add_a_name(pack):
    os.close(os.open(os.fsencode(pack) + b"/\xff\x1b[2J", os.O_CREAT))


def _add_a_name_that_hides(pack):
    (pack / "evidence" / "a\u202eb\u3164\U000e0041\n::error title=x::forged").touch()


def _sealed_again(change):
    def put(pack):
        manifest = read_manifest(pack)
        change(pack)
        seal(pack, [file.name for file in manifest.files], manifest)

    return put


MANIFESTS = {
    "a pipe": (_fifo, "is not a file"),
    "300 MB": (_large, "no run writes more than"),
    "endless": (_endless, "is a link"),
    "no UTF-8": (_bytes, "is not JSON"),
}


@pytest.mark.parametrize("what", MANIFESTS)
def test_a_manifest_that_is_none_is_refused(what, pack, check):
    """The command ends with 2 and one sentence that says what to do."""
    change, words = MANIFESTS[what]
    change(MANIFEST)(pack)
    code, out, complaint = check()
    assert (code, out) == (2, "")
    assert words in complaint
    assert complaint.count("\n") == 1
    assert "sk for the pack as it was published." in complaint


OTHERS = {
    "verify.json is a pipe": (_fifo("verify.json"), "replaced by something that is not a file; it was not opened"),
    "verify.json is endless": (_endless("verify.json"), "replaced by a link; it was not opened"),
    "verify.json is 300 MB": (_large("verify.json"), f"altered: it has {LARGE} bytes"),
    "verify.json is too large": (_sealed_again(_large("verify.json", LARGEST + 1)), "no run writes more than"),
    "findings are a pipe": (_fifo("evidence/after.ndjson.gz"), "replaced by something that is not a file"),
    "calls are no UTF-8": (_sealed_again(_bytes(CALLS)), "line 1, is not a call"),
    "verify.json is no UTF-8": (_sealed_again(_bytes("verify.json")), "is not JSON: 'utf-8' codec can't decode"),
    "the request is no UTF-8": (_sealed_again(_bytes("evidence/run.json")), "has unexpected content"),
    "a name is no UTF-8": (_add_a_name, "\\udcff\\x1b[2J: added"),
    "a name hides": (_add_a_name_that_hides, "evidence/a\\u202eb\\u3164\\U000e0041\\n::error title=x::forged: added"),
}  # fmt: skip


@pytest.mark.parametrize("what", OTHERS)
def test_a_file_that_is_none_is_named(what, pack, check):
    """The command ends with 1, names the file and what is wrong with it, and opens nothing that never ends."""
    change, words = OTHERS[what]
    change(pack)
    code, out, complaint = check()
    assert (code, complaint) == (1, ""), out
    assert words in out
    assert "This is not the pack as it was published" in out.splitlines()[-1]
    assert len(out) < 6_000
    assert not any(line.lstrip().startswith("::") for line in out.splitlines())
    out.encode()


@pytest.mark.external
@pytest.mark.parametrize("lines", [0, 1])
def test_a_reader_that_hangs_up_is_no_error(pack, lines):
    """With `| head` nothing is complained of, and the exit code is that of a program which a closed pipe ended."""
    command = shlex.join([sys.executable, "-m", "postpatch", "evidence", "check", str(pack)])
    ran = subprocess.run(  # noqa: S603 - our own command
        ["/bin/bash", "-c", f"{command} | head -{lines} >/dev/null; echo ${{PIPESTATUS[0]}}"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.stderr == ""
    assert ran.stdout.strip() in ("0", "141")
