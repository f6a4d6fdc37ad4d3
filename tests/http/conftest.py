"""A simulated AWS served in a process of its own, and the real AWS CLI as its client."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config

ROOT = Path(__file__).parents[2]
REGION = "us-east-1"
_FOREIGN = ("CI", "PYTEST_", "AWS_", "COV_", "GITHUB_", "HTTP_", "HTTPS_", "http_", "https_")
_RECORDINGS = ROOT.parent / "shared" / "recordings"


@dataclass(frozen=True)
class Served:
    """A served world: where it answers, and the process that serves it."""

    url: str
    process: "subprocess.Popen[str]"

    @property
    def alive(self) -> bool:
        """Tell whether the server still runs."""
        return self.process.poll() is None

    def remediate(self) -> None:
        """Play what happened that night."""
        with urlopen(Request(f"{self.url}/_simulator/remediate", method="POST"), timeout=60) as answer:
            assert answer.status == 200

    def client(self, service: str, region: str = REGION) -> Any:
        """Make a boto3 client on it, which repeats nothing."""
        session = boto3.Session("SIMULATED", "simulated", region_name=region)
        config = Config(retries={"total_max_attempts": 1}, read_timeout=60)
        return session.client(service, endpoint_url=self.url, config=config)


@dataclass(frozen=True)
class Cli:
    """The real AWS CLI, pointed at a served world by nothing but its environment."""

    environment: dict[str, str]

    def __call__(self, *command: str) -> Any:
        """Run `aws COMMAND`, which must succeed, and read what it prints."""
        ran = self.run(*command)
        assert ran.returncode == 0, f"aws {' '.join(command)}\n{ran.stderr}"
        return json.loads(ran.stdout) if ran.stdout.strip() else None

    def refused(self, *command: str) -> str:
        """Run `aws COMMAND`, which must be refused, and return what it says."""
        ran = self.run(*command)
        assert ran.returncode != 0, f"aws {' '.join(command)}\n{ran.stdout}"
        return ran.stderr.strip()

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run `aws COMMAND`."""
        program = [sys.executable, str(Path(sys.executable).with_name("aws"))]
        return subprocess.run(
            [*program, *command], env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )


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


@contextmanager
def serving(world: str, environment: dict[str, str]) -> Iterator[Served]:
    """Serve a world on a free port of loopback until the block ends."""
    command = [sys.executable, "-m", "postpatch.simulator", "--world", world, "--port", "0"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
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
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="session")
def served(sealed: dict[str, str]) -> Iterator[Served]:
    """Serve the tutorial's world, for tests that change little in it."""
    with serving("workshop", sealed) as server:
        yield server


@pytest.fixture(scope="session")
def patched(sealed: dict[str, str]) -> Iterator[Served]:
    """Serve the tutorial's world on the morning after patching, for tests that clean up what they make."""
    with serving("workshop", sealed) as server:
        server.remediate()
        yield server


@pytest.fixture
def serve(sealed: dict[str, str]) -> Iterator[Callable[[str], Served]]:
    """Return what serves a world of the test's own."""
    with ExitStack() as stack:
        yield lambda world: stack.enter_context(serving(world, sealed))


@pytest.fixture
def cli(sealed: dict[str, str]) -> Callable[[Served], Cli]:
    """Return what points the AWS CLI at a served world."""

    def point(server: Served) -> Cli:
        # Only what the server itself prints to export.
        keys = {"AWS_ACCESS_KEY_ID": "SIMULATED", "AWS_SECRET_ACCESS_KEY": "simulated"}
        regions = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
        return Cli(sealed | keys | regions | {"AWS_ENDPOINT_URL": server.url})

    return point


@pytest.fixture(scope="session")
def pairs() -> list[dict[str, Any]]:
    """Read AWS's published command and output pairs; the tests that need them say so where they are not there."""
    path = _RECORDINGS / "awscli" / "pairs.json"
    if not path.is_file():
        pytest.skip("the published pairs are not there: ../shared/recordings/awscli/pairs.json")
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows
