"""Environments of Python made for a test: what is installed in them is what the test says, and the rest is ours."""

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
# What leads a run elsewhere must not come from whoever runs the tests. An index may be named by PIP_….
_FOREIGN = ("CI", "PYTEST_", "PYTHONPATH", "AWS_", "COV_", "GITHUB_", "POSTPATCH_", "PYENV_VERSION")
_PIP = ("--quiet", "--disable-pip-version-check", "--no-input")


@dataclass(frozen=True)
class Finished:
    """A finished command: its exit code and all it printed."""

    exit: int
    out: str


@dataclass(frozen=True)
class Environment:
    """A virtual environment."""

    folder: Path

    @property
    def bin(self) -> Path:
        """Return the folder of its commands."""
        return self.folder / "bin"

    @property
    def packages(self) -> Path:
        """Return where its packages are."""
        return next((self.folder / "lib").glob("python3*/site-packages"))

    def pip(self, *words: str) -> None:
        """Run pip's install on it."""
        command = [sys.executable, "-m", "pip", "--python", str(self.bin / "python"), "install", *_PIP, *words]
        done = _run(command, ROOT, {})
        assert done.exit == 0, done.out

    def add(self, wheel: Path) -> None:
        """Install a wheel and nothing that it needs."""
        self.pip("--no-index", "--no-deps", "--ignore-installed", str(wheel))

    def run(self, command: str, *words: str, cwd: Path, **environment: str) -> Finished:
        """Run one of its commands in a folder; pytest may be one that it only sees."""
        if command == "pytest":
            command, words = "python", ("-P", "-m", "pytest", *words)
        return _run([str(self.bin / command), *words], cwd, environment)

    def names(self) -> set[str]:
        """Return the names of the distributions in it."""
        return {path.name.split("-")[0] for path in self.packages.glob("*.dist-info")} - {"pip", "setuptools"}


def made(folder: Path, python: str = sys.executable) -> Environment:
    """Make an empty environment."""
    done = _run([python, "-m", "venv", "--without-pip", str(folder)], ROOT, {})
    assert done.exit == 0, done.out
    return Environment(folder)


def made_beside(folder: Path) -> Environment:
    """Make an environment that also sees what is installed in this one, after its own packages, but for postpatch."""
    environment = made(folder)
    seen = folder / "beside"
    seen.mkdir()
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if path.suffix != ".pth" and not path.name.startswith("postpatch-"):
            (seen / path.name).symlink_to(path)
    (environment.packages / "beside.pth").write_text(f"{seen}\n", encoding="utf-8")
    return environment


def built(folder: Path) -> Path:
    """Build the wheel of this clone, without asking an index, and return it."""
    words = ["wheel", *_PIP, "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    done = _run([sys.executable, "-m", "pip", *words], ROOT, {})
    assert done.exit == 0, done.out
    return next(folder.glob("postpatch-*.whl"))


def interpreter(name: str) -> str:
    """Return an interpreter such as `python3.12` that runs, from the PATH or from pyenv; nothing if there is none."""
    candidates = [shutil.which(name)]
    if pyenv := shutil.which("pyenv"):
        candidates += _run([pyenv, "whence", "--path", name], ROOT, {}).out.split()
    return next((path for path in candidates if path and _run([path, "-c", "import venv"], ROOT, {}).exit == 0), "")


def _run(command: list[str], cwd: Path, environment: dict[str, str]) -> Finished:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    done = subprocess.run(  # noqa: S603 - the tests' own commands
        command, cwd=cwd, env=inherited | environment, capture_output=True, text=True, timeout=400, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return Finished(done.returncode, done.stdout + done.stderr)
