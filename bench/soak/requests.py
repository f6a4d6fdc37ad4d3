"""Send mutated requests to the simulated AWS: a refusal is a 4xx of AWS's, and nothing of ours breaks."""

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any

from postpatch.simulator import Simulator, worlds
from postpatch.simulator.serving import serve
from tests.simulator.mutating import Mutator

A_WORLD = 20_000  # requests; then a new one, so that what they created does not add up
_WORLDS = ("workshop", "mixed-estate", "workshop-classic", "patch-policy", "golden-image-pipeline", "hybrid-nodes")
_NOT_SIMULATED = 501  # an operation that AWS has, and that we say we do not
_SHOWN = 300  # characters
Send = Callable[[dict[str, Any]], tuple[int, str]]


@dataclass
class Answered:
    """How requests were answered: by status, and each that was ours to answer and was not."""

    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0
    memory: list[int] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Return how many there were."""
        return sum(self.statuses.values())


def in_process(number: int, chance: random.Random, until: float) -> Answered:
    """Send so many requests without a socket, or as many as the time allows."""
    return _send(number, chance, until, _called)


def over_http(number: int, chance: random.Random, until: float) -> Answered:
    """Send so many requests over loopback, or as many as the time allows."""
    return _send(number, chance, until, _served)


def _send(
    number: int, chance: random.Random, until: float, open_way: Callable[[Simulator], Any]
) -> Answered:  # fmt: skip
    answered, begun = Answered(memory=[resident()]), time.monotonic()
    for first in range(0, number, A_WORLD):
        world = chance.choice(_WORLDS)
        simulator = Simulator(worlds()[world], datetime(2026, 11, 22, 18, tzinfo=UTC))
        if chance.random() < 0.5:  # the night of patching has come in half of them
            simulator.remediate()
        with open_way(simulator) as send:
            for environ in Mutator(simulator, chance).requests(min(A_WORLD, number - first)):
                if time.monotonic() > until:
                    break
                _note(answered, world, environ, send)
        answered.broken += simulator.front.broken
        answered.memory.append(resident())
        if time.monotonic() > until:
            break
    answered.seconds = time.monotonic() - begun
    return answered


def _note(answered: Answered, world: str, environ: dict[str, Any], send: Send) -> None:
    sent = environ["wsgi.input"].getvalue()
    try:
        status, body = send(environ)
    except (OSError, HTTPException) as error:
        status, body = 599, f"no answer: {type(error).__name__}: {error}"
    answered.statuses[status] += 1
    if status >= 500 and status != _NOT_SIMULATED:
        what = environ.get("HTTP_X_AMZ_TARGET") or environ["PATH_INFO"]
        answered.broken.append(f"{world}: {status} for {what} {sent[:_SHOWN]!r}: {body[:_SHOWN]}")


@contextmanager
def _called(simulator: Simulator) -> Iterator[Send]:
    def send(environ: dict[str, Any]) -> tuple[int, str]:
        said: list[str] = []
        body = b"".join(simulator.wsgi(environ, lambda status, _: said.append(status)))  # type: ignore[arg-type]
        return int(said[0].split()[0]), body.decode(errors="replace")

    yield send


@contextmanager
def _served(simulator: Simulator) -> Iterator[Send]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    up = threading.Event()
    threading.Thread(target=serve, args=(simulator, "127.0.0.1", port, lambda _: up.set()), daemon=True).start()
    up.wait(30)
    connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def send(environ: dict[str, Any]) -> tuple[int, str]:
        given = {name[5:].replace("_", "-"): text for name, text in environ.items() if name.startswith("HTTP_")}
        own = {"CONTENT-TYPE": environ["CONTENT_TYPE"], "HOST": f"127.0.0.1:{port}"}  # another host is refused
        query = f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else ""
        address = _plain(f"{environ['PATH_INFO']}{query}")
        try:
            connection.request(environ["REQUEST_METHOD"], address, environ["wsgi.input"].getvalue(), given | own)
            answer: HTTPResponse = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, HTTPException):
            connection.close()
            raise

    yield send
    connection.close()


def _plain(address: str) -> str:
    # http.client refuses to send what no line of HTTP can hold; the simulator is given it in process.
    return "".join(one if "!" <= one <= "~" else "x" for one in address)


def resident() -> int:
    """Return the memory that this process has in use, in MB."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - no file of a disk
        return int(file.read().split()[1]) * 4096 // 10**6
