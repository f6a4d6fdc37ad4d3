"""A Spark cluster on this machine: a master and two workers, each a process that can be killed."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyspark

_CLASS = Path(pyspark.__file__).parent / "bin" / "spark-class"
_DEPLOY = "org.apache.spark.deploy"
_PATIENCE = 120  # seconds for a process to begin
# Small data and few processors; nothing leaves loopback.
_DEFAULTS = """
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.executor.memory {memory}
spark.executor.cores 1
spark.cores.max 2
"""
# What ends soon costs less if the JVM does not optimize it.
_QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


class Cluster:
    """A master and its workers; `url` is where it answers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        self.url = self._begin("master", "master.Master", r"Starting Spark master at (spark://\S+)")
        self.workers: list[subprocess.Popen[bytes]] = []

    def add_worker(self) -> None:
        """Start one more worker, with room for two programs, and for what another worker that was lost did."""
        name = f"worker-{len(self.workers)}"
        words = ("--cores", "2", "--memory", "8g", "--work-dir", str(self._folder / name), self.url)
        self._begin(name, "worker.Worker", r"Successfully (registered) with master", *words)
        self.workers.append(self._started[-1])

    def kill_a_worker(self) -> None:
        """Kill the first worker with what it runs, as a machine that loses its power."""
        end(self.workers.pop(0))

    def stop(self) -> None:
        """End what was started."""
        for process in self._started:
            if process.poll() is None:
                end(process)

    def _begin(self, name: str, main: str, ready: str, *words: str) -> str:
        log = self._folder / f"{name}.log"
        command = [str(_CLASS), f"{_DEPLOY}.{main}", "--host", "127.0.0.1", "--port", "0"]
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - Spark's own command
                [*command, "--webui-port", "0", *words], stdout=output, stderr=output, start_new_session=True
            )
        self._started.append(process)
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and process.poll() is None:
            if found := re.search(ready, log.read_text(encoding="utf-8", errors="replace")):
                return found[1]
            time.sleep(0.2)
        raise AssertionError(f"{name} did not begin: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with those that it started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def cluster(folder: Path, memory: str = "1g", *, quick: bool = True) -> Iterator[Cluster]:
    """Start a cluster of two workers, with `memory` for what one of them does for a program, until the block ends.

    `quick`: what runs on it ends soon.
    """
    settings = _DEFAULTS.format(memory=memory)
    if quick:
        settings += f"spark.driver.extraJavaOptions {_QUICK}\nspark.executor.extraJavaOptions {_QUICK}\n"
    (folder / "spark-defaults.conf").write_text(settings, encoding="utf-8")
    os.environ |= {
        "SPARK_CONF_DIR": str(folder), "SPARK_LOCAL_DIRS": str(folder / "local"), "SPARK_DAEMON_JAVA_OPTS": _QUICK,
        "PYSPARK_PYTHON": "/nowhere",  # workers need no Python
    }  # fmt: skip
    started = Cluster(folder)
    try:
        started.add_worker()
        started.add_worker()
        yield started
    finally:
        started.stop()
