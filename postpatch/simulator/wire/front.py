"""The one WSGI application: a chain of steps, ours first, moto behind.

Each step gets the request and the rest of the chain, so a step can answer, refuse, delay or look on;
permissions and injected faults are steps like any other.
"""

import io
import threading
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ..ids import Ids
from .errors import AwsError, BrokenAnswer, HandOn
from .failures import failure
from .message import Answer, Request
from .models import find_operation
from .reading import Params, read_params
from .writing import write_answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Forward = Callable[[Request], Answer]
Step = Callable[[Request, Forward], Answer]
Handler = Callable[[Params], dict[str, Any]]
Operations = dict[str, Handler]

# AWS refuses far smaller bodies; the largest that we serve is a CloudFormation template of 1 MB.
MAX_BODY = 4 * 1024 * 1024


class Front:
    """Serve the simulated AWS.

    `broken` keeps the words of every answer of ours that did not fit botocore's model; tests demand that it is empty.
    """

    def __init__(self, steps: Sequence[Step], last: Forward) -> None:
        self.steps = list(steps)
        self.broken: list[str] = []
        self._last = last
        self._lock = threading.RLock()
        self._ids = Ids("request ids")

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one HTTP request (PEP 3333)."""
        request_id = self._ids.uuid()
        with self._lock:
            request = self._receive(environ)
            try:
                answer = self._chain(0)(request)
            except AwsError as error:
                answer = failure(request, error, request_id)
            except BrokenAnswer as broken:
                self.broken.append(str(broken))
                answer = failure(request, AwsError("InternalServerError", str(broken), status=500), request_id)
            except Exception as crash:  # noqa: BLE001 - a defect of ours must answer too, and leave the server up
                self.broken.append(f"{request.service} {request.action}: {type(crash).__name__}: {crash}")
                message = f"the simulated {request.service} broke on {request.action}: {type(crash).__name__}: {crash}"
                answer = failure(request, AwsError("InternalServerError", message, status=500), request_id)
        return self._send(answer, request_id, start_response)

    def _chain(self, position: int) -> Forward:
        if position == len(self.steps):
            return self._last
        step = self.steps[position]
        return lambda request: step(request, self._chain(position + 1))

    def _receive(self, environ: "WSGIEnvironment") -> Request:
        body = b""
        try:
            length = max(0, int(environ.get("CONTENT_LENGTH") or 0))
        except ValueError:
            length = 0
        oversized = length > MAX_BODY
        if not oversized:
            stream = environ["wsgi.input"]
            body = stream.read(length) if length else b""
        headers = {name[5:].replace("_", "-").lower(): text for name, text in environ.items() if name[:5] == "HTTP_"}
        if "CONTENT_TYPE" in environ:
            headers["content-type"] = environ["CONTENT_TYPE"]
        headers["content-length"] = str(length)
        behind = dict(environ)
        behind["wsgi.input"] = io.BytesIO(body)
        return Request(
            method=environ["REQUEST_METHOD"],
            path=environ.get("PATH_INFO", "") or "/",
            query=environ.get("QUERY_STRING", ""),
            headers=headers,
            body=body,
            environ=behind,
        )

    @staticmethod
    def _send(answer: Answer, request_id: str, start_response: "StartResponse") -> list[bytes]:
        headers = [pair for pair in answer.headers if pair[0].lower() not in ("content-length", "x-amzn-requestid")]
        headers += [("Content-Length", str(len(answer.body))), ("x-amzn-RequestId", request_id)]
        start_response(f"{answer.status} {_phrase(answer.status)}", headers)
        return [answer.body]


def refuse_oversized(request: Request, forward: Forward) -> Answer:
    """Refuse a body above MAX_BODY bytes before anything reads it."""
    if int(request.headers["content-length"]) > MAX_BODY:
        raise AwsError("RequestEntityTooLarge", f"a request body may have {MAX_BODY} bytes", status=413)
    return forward(request)


class Ours:
    """Answer the operations that we simulate; hand on what we do not."""

    def __init__(
        self, services: dict[str, Operations], region: str, before_each: Callable[[str, Params], None]
    ) -> None:
        self.services = services
        self._region = region
        self._before_each = before_each

    def __call__(self, request: Request, forward: Forward) -> Answer:
        """Answer `request` if its operation is one of ours."""
        operations = self.services.get(request.service)
        if operations is None:
            return forward(request)
        if request.region not in ("", self._region):
            message = f"{request.service} is simulated in {self._region} only, not in {request.region}"
            raise AwsError("NotImplemented", message, status=501)
        operation, labels = find_operation(request.service, request)
        handler = operations.get(operation.name)
        if handler is None:
            return forward(request)
        params = read_params(operation, request, labels)
        self._before_each(operation.name, params)
        try:
            return write_answer(operation, handler(params))
        except HandOn:
            return forward(request)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
