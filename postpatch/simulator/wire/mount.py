"""Mounting a WSGI application on a boto3 session: the real client up to the socket, our application instead of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError
from botocore.hooks import HierarchicalEmitter

from .errors import HungUp

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class _Body:
    """Stand in for urllib3's raw response, as far as botocore reads it."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def read(self, amount: int | None = None, **_: Any) -> bytes:
        end = len(self._content) if amount is None else self._at + amount
        part, self._at = self._content[self._at : end], min(end, len(self._content))
        return part

    def stream(self, amount: int = 65536, **_: Any) -> Iterator[bytes]:
        while part := self.read(amount):
            yield part

    def close(self) -> None:
        pass


class Unhurried(HierarchicalEmitter):
    """The events of a session whose clients try again at once: no time passes while a client sleeps.

    Whether to try again, and how often, stays botocore's to say; only the delay that it asks for is left out.
    """

    def emit(self, event_name: str, **given: Any) -> list[Any]:
        """Pass an event on to its handlers, and take the delay out of their answer."""
        answers: list[Any] = super().emit(event_name, **given)
        if not event_name.startswith("needs-retry."):
            return answers
        return [(handler, 0 if isinstance(delay, int | float) and delay else delay) for handler, delay in answers]


def mount(mounted: Any, app: "WSGIApplication") -> None:
    """Answer every request of `mounted` with `app`: a boto3 session, for all its later clients, or a client's `meta`.

    Registered on botocore's `before-send`: signing, serialisation, retries and parsing run for real, and since a
    handler that returns a response ends the matter there, no request ever reaches a socket.
    """

    def before_send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        return send(request, app)

    mounted.events.register("before-send", before_send)


def send(request: AWSPreparedRequest, app: "WSGIApplication") -> AWSResponse:
    """Pass one prepared request through `app`; ConnectionClosedError where it hangs up, as from a socket."""
    from werkzeug.test import EnvironBuilder, run_wsgi_app

    url = urlsplit(request.url)
    given: list[tuple[str, Any]] = list(request.headers.items())
    headers = [
        (name, value.decode() if isinstance(value, bytes) else str(value))
        for name, value in given
        # The body is handed over whole, so it has a length and comes in no chunks.
        if name.lower() not in ("transfer-encoding", "content-length")
    ]
    builder = EnvironBuilder(
        method=request.method,
        base_url=f"{url.scheme}://{url.netloc}",
        path=url.path or "/",
        query_string=url.query,
        headers=headers,
        data=_bytes(request.body),
    )
    environ = builder.get_environ()
    builder.close()
    try:
        chunks, status, answered = run_wsgi_app(app, environ, buffered=True)
    except HungUp as error:
        raise ConnectionClosedError(endpoint_url=request.url, error=error) from error
    received: Any = dict(answered)
    return AWSResponse(request.url, int(status.split()[0]), received, _Body(b"".join(chunks)))


def _bytes(body: Any) -> bytes:
    content: Any = body.read() if hasattr(body, "read") else body or b""
    return content.encode() if isinstance(content, str) else bytes(content)
