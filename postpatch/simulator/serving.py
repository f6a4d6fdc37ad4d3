"""Serve a simulator over HTTP, so that any client of AWS can use it: the CLI, an SDK, the suite itself."""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .accounts.estate import Estate
from .simulator import ACCESS_KEY, Simulator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LOOPBACK = "127.0.0.1"
_LOCAL = "localhost"  # and what is below it, as S3's clients write a bucket (RFC 6761: it never leaves the machine)
SILENCE = 60  # seconds
# Not AWS's: the first plays what the world says happened between the baseline and the verification, the second begins
# the world anew.
REMEDIATE = "/_simulator/remediate"
RESET = "/_simulator/reset"
# The JavaScript SDK sends a refused call again whenever the Date of the answer is 4 minutes off its own clock, as the
# simulated time soon is, unless the answer has an Age (RFC 9111, 5.1): then its Date says nothing about clocks.
_AGE = ("Age", "0")


class Served:
    """The WSGI application that is served: the simulator, kept level with the real clock, and two routes of our own."""

    def __init__(
        self,
        simulator: Simulator | Estate,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        bound_to: str = LOOPBACK,
    ) -> None:
        self._names = {_LOCAL, bound_to.lower()}
        self.simulator = simulator
        self._now = now
        self._remediated = False

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one HTTP request (PEP 3333)."""
        if refused := self._stranger(environ):
            return _text(start_response, "403 Forbidden", refused)
        simulator = self.simulator
        # A client dates what it does with the real clock; the simulated one moves with each call and never lags behind.
        with simulator.lock:
            simulator.catch_up(self._now())
        own = {REMEDIATE: self._remediate, RESET: self._reset}.get(environ.get("PATH_INFO", ""))
        if own and environ["REQUEST_METHOD"] != "POST":
            return _text(start_response, "405 Method Not Allowed", f"POST {REMEDIATE} or POST {RESET}\n")
        if own:
            return own(start_response)
        return simulator.wsgi(environ, lambda status, headers, *more: start_response(status, [*headers, _AGE], *more))

    def _stranger(self, environ: "WSGIEnvironment") -> str:
        """Say why a request is refused that a page in somebody's browser may have sent, or nothing.

        Browsers send Origin from another site (Fetch standard, 3.2), and with a plain GET, such as that of an image,
        Sec-Fetch-Site (W3C, Fetch Metadata Request Headers). A name that an attacker has resolve to this address is in
        Host (DNS rebinding). No client of AWS sends any of these.
        """
        if "HTTP_ORIGIN" in environ or "HTTP_SEC_FETCH_SITE" in environ:
            return "the simulated AWS is not for pages in a browser: it refuses every Origin and Sec-Fetch-Site\n"
        host = _host(environ.get("HTTP_HOST", ""))
        if _is_address(host) or host in self._names or host.endswith(f".{_LOCAL}"):
            return ""
        return f"the simulated AWS answers to an address and to {_LOCAL} alone; this Host is another\n"

    def _remediate(self, start_response: "StartResponse") -> list[bytes]:
        with self.simulator.lock:
            if self._remediated:
                return _text(start_response, "409 Conflict", f"that night was played already; POST {RESET} first\n")
            self._remediated = True
            self.simulator.remediate()
        return _text(start_response, "200 OK", f"it is {self.simulator.now():%Y-%m-%d %H:%M} UTC, the next morning\n")

    def _reset(self, start_response: "StartResponse") -> list[bytes]:
        with self.simulator.lock:
            self.simulator = self.simulator.anew(self._now())
            self._remediated = False
        return _text(start_response, "200 OK", f"the world {self.simulator.story} is as it was when it was served\n")


def serve(simulator: Simulator | Estate, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve until interrupted. OSError if the port cannot be had; port 0 takes any that is free."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    served = Served(simulator, bound_to=host)

    class Quiet(WSGIRequestHandler):
        """Say nothing of requests: what matters is in the client's answer; hang up on who sends nothing for long."""

        timeout = SILENCE

        def date_time_string(self, timestamp: float | None = None) -> str:
            """Date each answer with the simulated time: what a client may ask AWS for the time by."""
            return super().date_time_string(served.simulator.now().timestamp() if timestamp is None else timestamp)

        def connection_dropped(self, error: BaseException, environ: "WSGIEnvironment | None" = None) -> None:  # noqa: ARG002
            """Hang up where the simulator does; werkzeug would keep the line open for the next request."""
            self.close_connection = True

        def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
            """Drop the line."""

    # Bound here: werkzeug would end the process where the address cannot be had.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as bound:
        server = make_server(host, port, served, threaded=True, request_handler=Quiet, fd=bound.fileno())
    url = f"http://[{host}]:{server.port}" if ":" in host else f"http://{host}:{server.port}"
    announce(f"SIMULATED AWS, world {simulator.story}, on {url} until Ctrl-C. Signatures are not checked.\n")
    announce(_exports(url, simulator.region))
    announce(f"# when the baseline is taken: what happened that night\ncurl -X POST {url}{REMEDIATE}\n")
    announce(f"# to begin anew\ncurl -X POST {url}{RESET}\n")
    try:
        server.serve_forever()
    finally:
        server.server_close()


def _exports(url: str, region: str) -> str:
    values = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": "simulated",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,  # the CLI of version 1 reads this one
    }
    return "".join(f"export {name}={value}\n" for name, value in values.items())


def _host(header: str) -> str:
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _text(start_response: "StartResponse", status: str, text: str) -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [text.encode()]
