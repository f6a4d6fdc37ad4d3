"""Parts asked about at once: the order is that of the parts, errors come in their place, and throttling slows all."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.aws import cis
from postpatch.aws.session import Connection
from postpatch.aws.side_by_side import side_by_side, together
from postpatch.aws.waits import Waits

PARTS = st.lists(st.lists(st.sampled_from([0, 0, 0.001, 0.003]), max_size=30), max_size=12)


@settings(deadline=None, max_examples=40)
@given(PARTS, st.integers(1, 6))
def test_the_order_is_that_of_the_parts(parts: list[list[float]], at_once: int):
    """However long each page takes, each comes once and in its place, and so many parts are under way at most."""
    under_way, most, lock = 0, 0, threading.Lock()

    def pages(part: int) -> Iterator[tuple[int, int]]:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        for number, seconds in enumerate(parts[part]):
            time.sleep(seconds)
            yield part, number
        with lock:
            under_way -= 1

    found = list(side_by_side(range(len(parts)), pages, at_once))
    assert found == [(part, number) for part, some in enumerate(parts) for number in range(len(some))]
    assert most <= at_once


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 12), st.integers(0, 11), st.integers(1, 6))
def test_an_error_comes_in_its_place(parts: int, failing: int, at_once: int):
    """What comes before the error is read, and no thread is left waiting."""

    def pages(part: int) -> Iterator[int]:
        for _ in range(20):
            yield part
        if part >= failing:
            raise LookupError(part)

    threads = threading.active_count()
    found = side_by_side(range(parts), pages, at_once)
    assert list(islice(found, 20 * (failing + 1))) == [
        part for part in range(min(parts, failing + 1)) for _ in range(20)
    ]
    if failing < parts:
        with pytest.raises(LookupError, match=f"^{failing}$"):
            next(found)
    assert threading.active_count() == threads


def test_a_part_is_asked_about_in_its_own_thread():
    """What is asked before there is an iterator is asked side by side too."""

    def pages(part: int) -> Iterator[int]:
        time.sleep(0.1)
        return iter([part])

    began = time.monotonic()
    assert list(side_by_side(range(17), pages, 16)) == [*range(17)]
    assert time.monotonic() - began < 1


def test_together_keeps_the_order_and_the_first_error():
    """Whatever ends first; nothing is a result as well."""
    asks = [partial(_after, seconds, number) for number, seconds in enumerate((0.05, 0, 0.02))]
    for at_once in (1, 3):
        assert together(at_once, *asks, lambda: None) == [0, 1, 2, None]
        with pytest.raises(LookupError, match=r"^first$"):
            together(at_once, partial(_fail, 0.05, "first"), partial(_fail, 0, "second"))


def _after(seconds: float, number: int) -> int:
    time.sleep(seconds)
    return number


def _fail(seconds: float, words: str) -> None:
    time.sleep(seconds)
    raise LookupError(words)


def test_what_is_not_read_to_its_end_is_stopped():
    """A reader that goes away leaves no thread behind, though pages are waiting for it."""
    threads = threading.active_count()
    endless = side_by_side(range(1_000), lambda _: iter(range(1_000_000)), 4)
    assert next(endless) == 0
    endless.close()  # type: ignore[attr-defined]
    assert threading.active_count() == threads


class _Throttling(BaseHTTPRequestHandler):
    """Answer so many calls a second, and throttle the others as Inspector does."""

    protocol_version = "HTTP/1.1"
    moments: list[float]
    throttled = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        now = time.monotonic()
        recent = [one for one in self.moments if now - one < 1]
        if len(recent) >= 30:
            type(self).throttled += 1
            self._say(429, {"message": "Rate exceeded"})
        else:
            self.moments.append(now)
            self._say(200, {"scanResultDetails": [{"checkId": "1.1", "status": "PASSED"}]})

    def _say(self, status: int, answer: dict[str, object]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("x-amzn-ErrorType", "ThrottlingException")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def throttling() -> Iterator[str]:
    """Serve on loopback."""
    _Throttling.moments, _Throttling.throttled = [], 0
    with ThreadingHTTPServer(("127.0.0.1", 0), _Throttling) as server, ThreadPoolExecutor(1) as pool:
        pool.submit(server.serve_forever, 0.01)
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_throttling_slows_all_calls_and_fails_none(monkeypatch: pytest.MonkeyPatch):
    """Sixteen threads meet a limit of thirty calls a second: each host is answered for, in order, each call once."""
    monkeypatch.setattr(Waits, "are_long", True)
    hosts = [f"i-{number:017x}" for number in range(60)]
    with throttling() as url:
        session = boto3.Session("a" * 20, "b" * 40, region_name="us-east-1")
        connection = Connection(session, endpoint_url=url, at_once=16)
        found = [one.host for one in cis.checks(connection, f"arn:aws:inspector2:x:{'1' * 12}:scan", "1" * 12, hosts)]
    assert found == hosts
    assert connection.calls == {"inspector2:GetCisScanResultDetails": 60}
    assert _Throttling.throttled
