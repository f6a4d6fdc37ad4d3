"""What a killed run leaves is removed by the next, and by no other means."""

import signal
import subprocess
import sys

import pytest

from postpatch.run.staging import remove_left_over

HOLDS = """
import sys
from filelock import FileLock
lock = FileLock(sys.argv[1])
lock.acquire()
print("holds", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def killed(tmp_path):
    """Return a staging folder, and the process whose run it is."""
    folder = tmp_path / ".run-killed"
    folder.mkdir()
    (folder / "hosts.json").write_text("[]", encoding="utf-8")
    with subprocess.Popen(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-c", HOLDS, str(folder / "run.lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"holds\n"
        yield folder, process
        process.kill()


def test_the_folder_of_a_dead_run_is_removed(tmp_path, killed):
    """While its process lives it stays; once it is killed, the next run removes it."""
    folder, process = killed
    remove_left_over(tmp_path)
    assert (folder / "hosts.json").exists()
    process.send_signal(signal.SIGKILL)
    process.wait(20)
    remove_left_over(tmp_path)
    assert not folder.exists()


def test_nothing_else_is_removed(tmp_path):
    """Folders of which nobody knows whose they are stay, and so do links, files and evidence."""
    for name in (".run-unknown", "evidence", "run-x"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x", encoding="utf-8")
    (tmp_path / "evidence" / "run.lock").write_text("", encoding="utf-8")
    (tmp_path / ".run-link").symlink_to(tmp_path / "evidence")
    (tmp_path / ".run-file").write_text("x", encoding="utf-8")
    before = sorted(map(str, tmp_path.rglob("*")))
    remove_left_over(tmp_path)
    assert sorted(map(str, tmp_path.rglob("*"))) == before
