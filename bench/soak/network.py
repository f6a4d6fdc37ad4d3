"""Trials of what a network may do to a run: answers that are cut, reset, late or not AWS's, and nobody who answers."""

import socket
import struct
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, make_server

from bench.soak.machine import GREEN, Ground, Trial
from bench.soak.promises import broken_promises
from bench.soak.running import ROOT, run
from postpatch.simulator import Simulator, worlds
from postpatch.simulator.deployment import Deployment
from postpatch.simulator.serving import Served
from tests.suite.faults import hurried

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_POLL_TAKES = timedelta(minutes=5)  # of the simulated time
_HANGS = 5  # seconds; longer than the client waits
_HARD = struct.pack("ii", 1, 0)  # SO_LINGER: close without a word, so that the other end is reset
_KEYS = {
    "AWS_ACCESS_KEY_ID": "SIMULATED", "AWS_SECRET_ACCESS_KEY": "simulated", "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "*",
}  # fmt: skip
FAULTS = ("reset", "hangs", "half an answer", "a proxy's page", "refused")


@dataclass
class Line:
    """The way to the simulated AWS: it lets so many requests through, and has the next `times` fail, or all for 0."""

    app: "WSGIApplication"
    fault: str
    after: int
    times: int
    met: int = 0
    server: Any = None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request, or not (PEP 3333)."""
        self.met += 1
        if self.met <= self.after or (self.times and self.met > self.after + self.times):
            return self.app(environ, start_response)
        if self.fault == "a proxy's page":
            start_response("502 Bad Gateway", [("Content-Type", "text/html"), ("Content-Length", "20")])
            return [b"<html><p>sorry</html>"[:20]]
        if self.fault == "half an answer":
            body = b"".join(self.app(environ, start_response))  # with the length of the whole
            return [body[: len(body) // 2]]
        if self.fault == "hangs":
            time.sleep(_HANGS)
        if self.fault == "refused":
            self.server.socket.close()
        connection: socket.socket = environ["werkzeug.socket"]
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _HARD)
        connection.close()
        raise ConnectionResetError


def network(ground: Ground) -> Iterator[Trial]:
    """Cut the network before, during and after the wait, for a moment and for good."""
    policy = ground.folder / "policy.toml"
    if not policy.exists():
        text = (ROOT / "verify.toml").read_text(encoding="utf-8")
        policy.write_text(text.replace("poll_seconds = 30", "poll_seconds = 1"), encoding="utf-8")
        ground.requests, ended = _plain(ground, policy)
        yield Trial("no fault, over HTTP", ended.exit, tuple(broken_promises(ended, exits={0})), ended.out)
    fault, times = ground.chance.choice(FAULTS), ground.chance.choice((0, 0, 1))
    reports = ground.reports(with_earlier=bool(ground.earlier))
    with _served(fault, ground.chance.randrange(ground.requests), times) as (line, url):
        ended = _run(reports, policy, url)
    # What came back once may be met by another try; where it did not come back the run could not check.
    exits = {0, 10} if times or line.met <= line.after else {10}
    yield Trial(
        f"network: {fault}", ended.exit, tuple(broken_promises(ended, exits=exits, earlier=ground.earlier)), ended.out
    )
    ground.clear(reports)


def _plain(ground: Ground, policy: Path) -> Any:
    reports = ground.reports(with_earlier=False)
    with _served("", 10**9, 0) as (line, url):
        ended = _run(reports, policy, url)
        return line.met, ended


def _run(reports: Path, policy: Path, url: str) -> Any:
    live = ("--aws", "live", "--endpoint-url", url, f"--policy={policy}", "--baseline=reconstruct")
    return run(reports, *live, prepare=partial(hurried), **_KEYS)


@contextmanager
def _served(fault: str, after: int, times: int) -> Iterator[tuple[Line, str]]:
    simulator = Simulator(worlds()[GREEN], datetime.now(UTC) - timedelta(days=1), Deployment(), _POLL_TAKES)
    simulator.remediate()

    class Quiet(WSGIRequestHandler):
        """Says nothing, and dates each answer with the simulated time."""

        def date_time_string(self, timestamp: float | None = None) -> str:
            """Return the date of an answer."""
            return super().date_time_string(simulator.now().timestamp() if timestamp is None else timestamp)

        def connection_dropped(self, *_: Any) -> None:
            """Close it."""
            self.close_connection = True

        def log(self, *_: Any) -> None:
            """Drop the line."""

    line = Line(Served(simulator), fault, after, times)
    line.server = server = make_server("127.0.0.1", 0, line, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield line, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
