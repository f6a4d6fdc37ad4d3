"""Measure a run on a generated fleet, served by `server.py`: `python bench/fleet.py [HOSTS …]`, or `--delay S HOSTS`.

CPU (user and system) and peak memory of our own processes alone, as ratios of two yardsticks on the same rows in the
same run: boto3's paginators that keep nothing, and plain DuckDB that joins two snapshots. With a delay for each call
`waited` is how long at least one call was being delayed. Wall time says little on a machine that does other work: a run
that has a processor to itself takes at most its CPU, what it waited, and its pauses between polls.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from bench.reading import ACCESS_KEY, SECRET
from bench.rows import CHECKS, FINDINGS

_HERE = Path(__file__).parent
_SIZES = (50, 100, 200, 400)
_JUDGED = (0, 1)  # checks may fail, and some do
_PLAIN = """
import duckdb, sys
rows = "(SELECT DISTINCT host, type, vulnerability FROM read_json('{}') WHERE status = 'ACTIVE')"
before, after = map(rows.format, sys.argv[1:])
using = "USING (host, type, vulnerability)"
print(duckdb.sql(f"SELECT COUNT(*) FROM {before} ANTI JOIN {after} {using}").fetchall())
"""


@dataclass(frozen=True)
class Cost:
    """What a process took: CPU and wall time in seconds, peak memory in MB; its calls, and how long these waited."""

    cpu: float
    wall: float
    memory: float
    calls: int = 0
    waited: float = 0


@contextmanager
def served(hosts: int, delay: float) -> Iterator[str]:
    """Serve a fleet in a process of its own; yield the URL."""
    command = [sys.executable, str(_HERE / "server.py"), str(hosts), str(delay)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own file
        port = server.stdout.readline() if server.stdout else ""
        yield f"http://127.0.0.1:{port.strip()}"
        server.terminate()


def cost(*command: object, ends: Collection[int] = (0,)) -> Cost:
    """Run a command of Python to its end, and return what it took.

    Its output is shown, and the measuring ends, if its exit code is not one of `ends`.
    """
    environment = {
        **os.environ, "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "us-east-1",
        # What is compiled is kept, as on any other machine: else each process would compile the suite again.
        "PYTHONDONTWRITEBYTECODE": "",
    }  # fmt: skip
    began = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([sys.executable, *map(str, command)], env=environment, stdout=said, stderr=said)  # noqa: S603 - our own commands
        _, status, used = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status) not in ends:
            said.seek(0)
            sys.stderr.buffer.write(said.read())
            raise SystemExit(1)
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / 1024)


def ask(url: str, what: str) -> dict[str, Any]:
    """Ask our own server on loopback: what it did since it was asked last."""
    with urlopen(f"{url}/_bench/{what}") as answer:  # noqa: S310 - http alone
        return dict(json.load(answer))


def run(marker: str, url: str, folder: Path) -> Cost:
    """Run the suite as a person does."""
    ask(url, "count")
    taken = cost(
        "-m", "pytest", "-m", marker, "--aws", "live", "--endpoint-url", url,
        "--policy", _HERE / "policy.toml", "--reports", folder, ends=_JUDGED,
    )  # fmt: skip
    counted = ask(url, "count")
    return replace(taken, calls=sum(counted["calls"].values()), waited=counted["waiting"])


def line(name: str, hosts: int, own: Cost, yardstick: Cost, of: str) -> None:
    """Print one measure as a ratio."""
    rows = hosts * (FINDINGS + CHECKS)
    sys.stdout.write(
        f"{hosts:>6} hosts {rows:>9,} rows  {name:<22} {own.cpu:7.1f} s CPU  {own.memory:5.0f} MB  "
        f"{own.wall:7.1f} s wall  {own.cpu / yardstick.cpu:6.2f} x {of}"
        f"{f'  {own.calls} calls, {own.waited:.1f} s waited' if own.calls else ''}\n"
    )
    sys.stdout.flush()


def measure(hosts: int, delay: float) -> None:
    """Print what a fleet of one size costs."""
    with tempfile.TemporaryDirectory() as name, served(hosts, delay) as url:
        folder = Path(name)
        bare = cost(_HERE / "reading.py", "bare", url, hosts, folder)
        line("bare boto3 paginators", hosts, bare, bare, "bare boto3")
        line("reading and keeping", hosts, cost(_HERE / "reading.py", "kept", url, hosts, folder), bare, "bare boto3")
        line("baseline", hosts, run("baseline", url, folder), bare, "bare boto3")
        ask(url, "patch")
        verified = run("verify", url, folder)
        line("verification", hosts, verified, bare, "bare boto3")
        pair = (folder / "evidence" / f"{side}.ndjson.gz" for side in ("baseline", "after"))
        line("verification", hosts, verified, cost("-c", _PLAIN, *pair), "plain DuckDB")


def main(given: list[str]) -> None:
    """Print the table for each size."""
    delay = 0.0
    if given[:1] == ["--delay"]:
        delay, given = float(given[1]), given[2:]
    for hosts in [int(one) for one in given] or _SIZES:
        measure(hosts, delay)


if __name__ == "__main__":
    main(sys.argv[1:])
