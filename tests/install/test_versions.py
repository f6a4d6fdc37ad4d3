"""Each Python and each pytest that the package names, and how little a live run needs."""

import pytest

from tests.install.environments import ROOT, interpreter, made, made_beside

_LIVE_PACKAGES = 35
USAGE = 4


@pytest.fixture(params=["python3.12", "python3.13"])
def other(request, tmp_path):
    """Return an environment of another Python with what the clone's lock holds, made without the Makefile."""
    python = interpreter(request.param)
    if not python:
        pytest.skip(f"{request.param} is not on this machine")
    environment = made(tmp_path / "env", python)
    environment.pip("--require-hashes", "-r", str(ROOT / "requirements.lock"))
    return environment


def test_another_python(other, wheel, folder, outcomes):
    """The lock alone is enough in a clone, and the wheel in a folder."""
    reports = folder / "reports"
    ran = other.run("pytest", "-m", "verify", "--reports", str(reports), "-p", "no:cacheprovider", cwd=ROOT)
    assert ran.exit == 0, ran.out
    assert set(outcomes(reports).values()) == {"passed"}
    other.add(wheel)
    ran = other.run("postpatch", "verify", cwd=folder)
    assert ran.exit == 0, ran.out
    assert set(outcomes(reports).values()) == {"passed"}


def test_pytest_8(wheel, folder, exports, outcomes, tmp_path):
    """The older pytest judges the same, in a clone and in a folder, with files elsewhere too."""
    environment = made_beside(tmp_path / "env")
    environment.pip("--no-deps", "--ignore-installed", "pytest>=8.4,<9")
    environment.add(wheel)
    for cwd in (ROOT, folder):
        reports = tmp_path / cwd.name
        words = ("--reports", str(reports), "-p", "no:cacheprovider")
        ran = environment.run("pytest", "-m", "verify", *words, cwd=cwd)
        assert ran.exit == 0, ran.out
        assert "pytest-8." in ran.out
        assert set(outcomes(reports).values()) == {"passed"}
    ran = environment.run("pytest", *exports, cwd=folder)
    assert ran.exit == 0, ran.out


def test_a_live_run_needs_no_simulation(wheel, folder, exports, outcomes, tmp_path):
    """From its lock a live run installs about thirty packages; a simulation then says what to install."""
    environment = made(tmp_path / "env")
    environment.pip("--require-hashes", "-r", str(ROOT / "requirements-live.lock"))
    environment.add(wheel)
    names = environment.names()
    assert len(names) <= _LIVE_PACKAGES, sorted(names)
    assert not names & {"moto", "flask", "Flask", "werkzeug"}
    ran = environment.run("postpatch", "verify", cwd=folder)
    assert ran.exit == USAGE, ran.out
    assert "pip install 'postpatch[simulated]'" in ran.out
    assert "drifted-window" in environment.run("postpatch", "worlds", "--all", cwd=folder).out
    ran = environment.run("pytest", *exports, cwd=folder)
    assert ran.exit == 0, ran.out
    assert "passed" in outcomes(folder / "reports").values()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-live.lock", "requirements-dev.lock"])
def test_the_locks_name_no_place(name):
    """Every line of a lock is a pinned package, a hash or a comment: no address and no path."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert all("==" in line for line in pinned)
    assert not [line for line in lines if "://" in line or " @ " in line or line.startswith("-")]
