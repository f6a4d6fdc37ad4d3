"""A simulated AWS served in a process of its own, and the real AWS CLI as its client."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.suite.conftest import Run, rehearse_in, rehearsed, shared_folder

__all__ = ["rehearse_in", "rehearsed", "shared_folder"]

ROOT = Path(__file__).parents[2]
REGION = "us-east-1"
# What the server prints to export, but for its address.
KEYS = {
    "AWS_ACCESS_KEY_ID": "SIMULATED",
    "AWS_SECRET_ACCESS_KEY": "simulated",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
}
# Credentials that nobody checks.
SIGNED = {"AWS_ACCESS_KEY_ID": "SIMULATED", "AWS_SECRET_ACCESS_KEY": "simulated", "AWS_REGION": REGION}
_FOREIGN = ("CI", "PYTEST_", "AWS_", "COV_", "GITHUB_", "HTTP_", "HTTPS_", "http_", "https_")


@dataclass(frozen=True)
class Served:
    """A served world: where it answers, and the process that serves it."""

    url: str
    process: "subprocess.Popen[str]"
    _clients: dict[str, Any] = field(default_factory=dict)

    @property
    def alive(self) -> bool:
        """Tell whether the server still runs."""
        return self.process.poll() is None

    def remediate(self) -> None:
        """Play what happened that night."""
        connection = HTTPConnection(self.url.removeprefix("http://"), timeout=60)
        connection.request("POST", "/_simulator/remediate")
        assert connection.getresponse().status == 200
        connection.close()

    def client(self, service: str) -> Any:
        """Return a boto3 client on it, which repeats nothing."""
        if service not in self._clients:
            session = boto3.Session("SIMULATED", "simulated", region_name=REGION)
            config = Config(retries={"total_max_attempts": 1}, read_timeout=60)
            self._clients[service] = session.client(service, endpoint_url=self.url, config=config)
        return self._clients[service]


@dataclass(frozen=True)
class Said:
    """What one command of the CLI came to."""

    exit: int
    out: str
    error: str

    @property
    def answer(self) -> Any:
        """Read what it printed."""
        return json.loads(self.out) if self.out.strip() else {}


@dataclass(frozen=True)
class Cli:
    """The real AWS CLI, pointed at a served world."""

    run: Callable[[list[str]], Said]

    def __call__(self, *words: str) -> Any:
        """Run `aws WORDS`, which must succeed, and read what it prints."""
        said = self.run([*words])
        assert said.exit == 0, f"aws {' '.join(words)}\n{said.error}"
        return said.answer

    def refused(self, *words: str) -> str:
        """Run `aws WORDS`, which must be refused, and return what it says."""
        said = self.run([*words])
        assert said.exit != 0, f"aws {' '.join(words)}\n{said.out}"
        return said.error


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment in which nothing of the caller's AWS, pytest or proxy settings is left."""
    home = tmp_path_factory.mktemp("home")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return inherited | {
        "HOME": str(home),
        "AWS_CONFIG_FILE": str(home / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "AWS_MAX_ATTEMPTS": "1",
        "NO_PROXY": "*",
    }


def _hear_interrupts() -> None:
    # What a shell puts into the background ignores them, and hands that on to what it starts.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def _serving(world: str, environment: dict[str, str], *options: str) -> Iterator[Served]:
    """Serve a world on a free port of loopback until the block ends."""
    command = [sys.executable, "-m", "postpatch.simulator", "--world", world, "--port", "0", *options]
    process = subprocess.Popen(  # noqa: S603 - our own server
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=_hear_interrupts,
    )  # fmt: skip
    try:
        exports = {}
        for line in process.stdout or ():
            if line.startswith("curl"):
                break  # the last line that it prints
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").strip().partition("=")
                exports[name] = value
        else:
            pytest.fail(f"the server did not come up: {process.communicate()[1]}")
        yield Served(exports["AWS_ENDPOINT_URL"], process)
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=20)


@pytest.fixture(scope="session")
def served(sealed: dict[str, str]) -> Iterator[Served]:
    """Serve the tutorial's world, for tests that change little in it."""
    with _serving("workshop", sealed) as server:
        yield server


@pytest.fixture(scope="session")
def serving() -> Callable[..., Any]:
    """Return what serves a world in an environment until its block ends."""
    return _serving


@pytest.fixture
def serve(sealed: dict[str, str]) -> Iterator[Callable[..., Served]]:
    """Return what serves a world of the test's own, with further options of the command line."""
    with ExitStack() as stack:
        yield lambda world, *options: stack.enter_context(_serving(world, sealed, *options))


@pytest.fixture
def start(sealed: dict[str, str]) -> Any:
    """Return what starts `pytest ARGS` on the suite, as a person would, with credentials that nobody checks."""

    def run(reports: Path, *args: str, **environment: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "pytest", f"--reports={reports}", "-p", "no:cacheprovider", *args]
        variables = sealed | SIGNED | environment
        return subprocess.Popen(  # noqa: S603 - our own suite
            command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            preexec_fn=_hear_interrupts,
        )  # fmt: skip

    return run


@pytest.fixture
def judge(rehearse_in: Callable[[Path], Run], sealed: dict[str, str], tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Return what runs `pytest ARGS` as `start` does, but in a fork of a warm process, which takes a third of the time.

    It waits for the end, and returns the exit code and all that was printed.
    """
    in_fork = rehearse_in(tmp_path)

    def run(reports: Path, *args: str) -> tuple[int, str]:
        ran = in_fork(f"--reports={reports}", *args, **(sealed | SIGNED))
        return ran.exit, ran.out

    return run


@pytest.fixture
def cli(sealed: dict[str, str]) -> Callable[[Served], Cli]:
    """Return what points the AWS CLI at a served world, each command a process of its own, as a person types it."""
    program = [sys.executable, str(Path(sys.executable).with_name("aws"))]

    def point(server: Served) -> Cli:
        environment = sealed | KEYS | {"AWS_ENDPOINT_URL": server.url}

        def run(words: list[str]) -> Said:
            ran = subprocess.run(  # noqa: S603 - the CLI of our own environment
                [*program, *words], env=environment, capture_output=True, text=True, timeout=60, check=False
            )
            return Said(ran.returncode, ran.stdout, ran.stderr.strip())

        return Cli(run)

    return point


@pytest.fixture(scope="session")
def cli_here(sealed: dict[str, str]) -> Callable[[Served], Cli]:
    """Return what points the AWS CLI at a served world, all commands in this process: a tenth of the time."""
    from awscli.clidriver import create_clidriver

    # One for all commands: it reads the model of a service once.
    driver: Any = None
    environment = {name: value for name, value in (sealed | KEYS).items() if name.startswith("AWS_")}

    def run(url: str, words: list[str]) -> Said:
        nonlocal driver
        out, error = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(error), pytest.MonkeyPatch.context() as process:
            # AWS_DATA_PATH is the CLI's own: it sets it when it is imported.
            for name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_DATA_PATH"]:
                process.delenv(name)
            for name, value in environment.items():
                process.setenv(name, value)
            process.setenv("NO_PROXY", "*")
            # It would log to this process's standard error, once more for each command.
            process.setattr("botocore.session.Session.set_stream_logger", lambda *_, **__: None)
            driver = driver or create_clidriver()
            try:
                code = driver.main([*words, "--endpoint-url", url])
            except SystemExit as end:  # what its parser does with a command that it does not understand
                code = int(end.code or 0)
        return Said(code, out.getvalue(), error.getvalue().strip())

    return lambda server: Cli(lambda words: run(server.url, words))
