"""A run that the machine breaks: exit code 10 or 4, one sentence, no traceback; the earlier evidence stays whole.

`make soak` breaks runs everywhere; these are the places where it matters most.
"""

import errno
import shutil
import signal
from functools import partial

import pytest

from bench.soak.promises import broken_promises, whole_packs
from tests.suite.faults import dying, failing, no_output


@pytest.fixture
def reports(tmp_path, rehearsed):
    """Return a folder of reports with an earlier pack, and that pack's run."""
    first = rehearsed("--world", "workshop")
    folder = shutil.copytree(first.reports, tmp_path / "reports", symlinks=True)
    return folder, set(whole_packs(folder))


@pytest.mark.parametrize(
    ("name", "words"),
    [("verify.html", "this run proves nothing"), ("/manifest.json", "this run proves nothing"),
     ("scan.json", "cannot be stored")],
)  # fmt: skip
def test_a_disk_that_is_full_proves_nothing(rehearse, reports, name, words):
    """Whether the report, the manifest or the evidence cannot be written, the earlier pack is where it was."""
    folder, earlier = reports
    full = partial(failing, folder, 0, errno.ENOSPC, 0, name)
    ran = rehearse("--world", "workshop", f"--reports={folder}", prepare=full)
    assert not list(broken_promises(ran, exits={10}, earlier=earlier)), ran.out[-3000:]
    assert "Free space on the disk" in ran.out
    assert words in ran.out
    assert not list(folder.glob(".run-*"))


def test_an_output_that_cannot_be_printed_is_an_error(rehearse, reports):
    """No exit code of pytest's stands for it: 1 would say that a check failed."""
    folder, earlier = reports
    ran = rehearse("--world", "workshop", f"--reports={folder}", prepare=no_output)
    assert not list(broken_promises(ran, exits={10}, earlier=earlier))
    assert not list(folder.glob(".run-*"))


def test_a_run_that_is_killed_as_it_publishes_loses_nothing(rehearse, reports):
    """Both packs may be there, the earlier one always; there is no manifest without its pack."""
    folder, earlier = reports
    kill = partial(dying, folder, 0, signal.SIGKILL, "/manifest.json")
    ran = rehearse("--world", "workshop", f"--reports={folder}", prepare=kill)
    assert not list(broken_promises(ran, exits={-signal.SIGKILL}, earlier=earlier))
