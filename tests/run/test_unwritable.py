"""A disk that is full, or that cannot be written: nothing is done twice, nothing is half moved, and people are told."""

import errno
from pathlib import Path

import pytest

from postpatch.errors import CouldNotCheck
from postpatch.evidence import kept
from postpatch.run import collection as collecting
from postpatch.run.collection import Collection, Step
from postpatch.run.staging import publish
from postpatch.run.unwritable import what_to_do
from tests.run.test_publishing import FIRST, KEEP, NAMES, NOW, SECOND, lay, packs, whole


@pytest.mark.parametrize(
    ("code", "step"),
    [(errno.ENOSPC, "Free space"), (errno.EFBIG, "Free space"), (errno.EROFS, "Allow this user"),
     (errno.ENOTDIR, "Leave the folder"), (errno.EIO, "Correct the cause")],
)  # fmt: skip
def test_people_are_told_what_to_do(code, step):
    """By the system's reason."""
    assert what_to_do(OSError(code, "no")).startswith(step)


@pytest.fixture
def full(monkeypatch):
    """Have nothing stored any more from now on, but for what collecting itself needs."""

    def fail(path, content):
        if path.name != "collecting":
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        path.write_bytes(content)

    monkeypatch.setattr(kept, "replace_bytes", fail)


@pytest.mark.parametrize("fails", [False, True], ids=["a value", "an error"])
@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.usefixtures("full")
def test_no_step_is_run_again_or_after_one_that_could_not_be_stored(tmp_path, shared, fails):
    """Launching twice would be worse than not at all, and what nobody can show must not be done."""
    ran = []

    def launching(_):
        ran.append("launch")
        if fails:
            raise CouldNotCheck("AWS said no")
        return 1

    steps = {"launch": Step(launching, int), "window": Step(lambda _: ran.append("window"), int)}
    one = Collection(tmp_path, steps, tuple(steps), shared=shared, session=None, evidence=None)
    for name, words in (("launch", "AWS said no" if fails else "Free space"), ("window", "Free space")) * 2:
        with pytest.raises(CouldNotCheck, match=words):
            one.value(name)
    assert ran == ["launch"]
    # A worker that waited finds that another process began.
    (tmp_path / "collecting").write_text("1", encoding="utf-8")
    with pytest.raises(CouldNotCheck, match="could write no more"):
        Collection(tmp_path, steps, tuple(steps), shared=True, session=None, evidence=None).value("launch")
    assert ran == ["launch"]


def test_nothing_is_collected_where_nothing_can_be_claimed(tmp_path, monkeypatch):
    """A worker that cannot say that it collects does not collect: the others would do it again."""

    def fail(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(collecting, "replace_text", fail)
    steps = {"launch": Step(lambda _: pytest.fail("launched"), int)}
    with pytest.raises(CouldNotCheck, match="Allow this user"):
        Collection(tmp_path, steps, ("launch",), shared=True, session=None, evidence=None).value("launch")


def test_what_cannot_be_published_is_taken_back(tmp_path, monkeypatch):
    """Whichever rename fails, the reports are as they were, with the earlier pack in them."""
    names = [*NAMES[:3]]
    for step in range(9):
        reports = lay(tmp_path / f"reports-{step}", FIRST)
        staging = lay(tmp_path / f"staging-{step}", SECOND, names, at=NOW.replace(day=21))
        before = sorted(str(path) for path in reports.rglob("*"))
        taken, rename = [], Path.rename

        def limited(self, target, taken=taken, rename=rename, step=step):
            taken.append(target)
            if len(taken) == step + 2:  # the first takes the earlier pack into runs/
                raise OSError(errno.ENOSPC, "No space left on device")
            return rename(self, target)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "rename", limited)
            with pytest.raises(OSError, match="No space"):
                publish(staging, reports, NAMES, KEEP)
        assert whole(reports) == FIRST
        assert [path for path in sorted(map(str, reports.rglob("*"))) if "/runs" not in path] == before
        publish(staging, reports, NAMES, KEEP)
        assert packs(reports) == {FIRST, SECOND}
        assert whole(reports) == SECOND
