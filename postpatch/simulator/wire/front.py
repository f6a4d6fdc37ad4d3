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
from .errors import AwsError, BrokenAnswer, HandOn, HungUp
from .failures import failure
from .message import Answer, Request
from .models import find_operation
from .reading import Params, read_params
from .writing import write_answer

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream, StartResponse, WSGIEnvironment

Forward = Callable[[Request], Answer]
Step = Callable[[Request, Forward], Answer]
Handler = Callable[[Params], dict[str, Any]]
Operations = dict[str, Handler]

# AWS refuses far smaller bodies; the largest that we serve is a CloudFormation template of 1 MB.
MAX_BODY = 4 * 1024 * 1024
_CHUNK = 64 * 1024
_DIGITS = 19


class Front:
    """Serve the simulated AWS, one request at a time.

    `broken` keeps the words of every answer of ours that did not fit botocore's model; tests demand that it is empty.
    `lock` is held while a request is answered, and may be taken to do something between two of them.
    """

    def __init__(self, steps: Sequence[Step], last: Forward) -> None:
        self.steps = list(steps)
        self.broken: list[str] = []
        self._last = last
        self.lock = threading.RLock()
        self._ids = Ids("request ids")

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one HTTP request (PEP 3333)."""
        # Received before its turn: a client that sends slowly keeps nobody waiting but itself.
        request = self._receive(environ)
        with self.lock:
            request_id = self._ids.uuid()
            try:
                answer = self._chain(0)(request)
            except AwsError as error:
                answer = failure(request, error, request_id)
            except HungUp:
                raise
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
        body, length = _read_body(environ)
        headers = {name[5:].replace("_", "-").lower(): text for name, text in environ.items() if name[:5] == "HTTP_"}
        if "CONTENT_TYPE" in environ:
            headers["content-type"] = environ["CONTENT_TYPE"]
        headers["content-length"] = str(length)
        behind = dict(environ)
        behind["wsgi.input"], behind["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
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
    """Refuse a body above MAX_BODY bytes before anything reads it, and one whose length makes no sense."""
    length = int(request.headers["content-length"])
    if length < 0:
        raise AwsError("BadRequestException", "the length of the request's body is malformed")
    if length > MAX_BODY:
        raise AwsError("RequestEntityTooLarge", f"a request body may have {MAX_BODY} bytes", status=413)
    return forward(request)


def refuse_unsigned(request: Request, forward: Forward) -> Answer:
    """Refuse what nobody signed, as AWS does, unless its host or its action says for which service it is."""
    if request.service or "Action" in dict(request.form):
        return forward(request)
    if request.headers.get("authorization"):
        message = "The Authorization header must hold Credential=KEY/DATE/REGION/SERVICE/aws4_request"
        raise AwsError("IncompleteSignature", message)
    raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", status=403)


class Ours:
    """Answer the operations that we simulate; hand on what we do not.

    `elsewhere` gives the services of the account in another Region than that of the world.
    """

    def __init__(
        self,
        services: dict[str, Operations],
        region: str,
        before_each: Callable[[str, Params], None],
        elsewhere: Callable[[str], dict[str, Operations]],
    ) -> None:
        self.services = services
        self._region = region
        self._before_each = before_each
        self._elsewhere = elsewhere

    def __call__(self, request: Request, forward: Forward) -> Answer:
        """Answer `request` if its operation is one of ours."""
        if request.service not in self.services:
            return forward(request)
        here = request.region in ("", self._region)
        operations = (self.services if here else self._elsewhere(request.region))[request.service]
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


def _read_body(environ: "WSGIEnvironment") -> tuple[bytes, int]:
    """Read a request's body; of one that is too large or malformed only the length is told, negative if malformed."""
    stream, said = environ["wsgi.input"], environ.get("CONTENT_LENGTH") or ""
    if environ.get("wsgi.input_terminated") and not said:
        return _read_chunks(stream)
    if said and not (said.isdecimal() and len(said) < _DIGITS):
        return b"", -1
    length = int(said or 0)
    body = stream.read(length) if 0 < length <= MAX_BODY else b""
    return body, length


def _read_chunks(stream: "InputStream") -> tuple[bytes, int]:
    """Read a body that comes in chunks and has no length of its own."""
    body = bytearray()
    try:
        while len(body) <= MAX_BODY and (chunk := stream.read(_CHUNK)):
            body += chunk
    except OSError:
        return b"", -1
    return (bytes(body) if len(body) <= MAX_BODY else b""), len(body)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
