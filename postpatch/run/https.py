"""Post JSON over HTTPS within a bounded time; what an error says never holds the address, which may be a secret."""

import json
import socket
import ssl
from collections.abc import Callable, Mapping
from http.client import HTTPException
from threading import Thread
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from postpatch import __version__
from postpatch.errors import CouldNotCheck

SECONDS = 20
_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (TimeoutError, f"no answer came within {SECONDS} seconds"),
    (ssl.SSLCertVerificationError, "the server's certificate cannot be verified"),
    (ssl.SSLError, "no encrypted connection came about"),
    (socket.gaierror, "the server's name cannot be resolved"),
    (ConnectionRefusedError, "the server refused the connection"),
    (OSError, "the connection failed"),
    (HTTPException, "the server's answer is not HTTP"),
)


class _Unredirected(HTTPRedirectHandler):
    """Refuse a redirection: a token goes to the server that the user named, and to no other."""

    def redirect_request(self, *_: object) -> None:
        """Follow none."""


def post(address: str, content: Mapping[str, Any], headers: Mapping[str, str], seconds: float = SECONDS) -> None:
    """Post `content` as JSON; CouldNotCheck unless the server took it, with a status of 2xx."""
    if not _is_https(address):
        raise CouldNotCheck("the address must be https://HOST/PATH, without a user name or a password")
    sent = {"Content-Type": "application/json", "User-Agent": f"postpatch/{__version__}", **headers}
    try:
        request = Request(address, json.dumps(content).encode(), sent)  # noqa: S310 - its scheme was checked
        # From a server that answers a byte at a time, no time-out of a socket protects.
        _within(seconds, lambda: build_opener(_Unredirected).open(request, timeout=seconds).close())
    except HTTPError as error:
        error.close()
        raise CouldNotCheck(f"the server answered with status {error.code}") from None
    except (OSError, HTTPException, ValueError) as error:
        cause = error.reason if isinstance(error, URLError) else error
        words = (words for kind, words in _WORDS if isinstance(cause, kind))
        raise CouldNotCheck(next(words, "the connection failed")) from None


def _is_https(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    plain = address.isascii() and address.isprintable() and " " not in address
    return plain and parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


def _within(seconds: float, call: Callable[[], None]) -> None:
    """Make a call that may take so many seconds; TimeoutError after that, and the call is left to itself."""
    ended: list[Exception | None] = []

    def run() -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller raises it
            ended.append(error)
        else:
            ended.append(None)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if not ended:
        raise TimeoutError
    if ended[0]:
        raise ended[0]
