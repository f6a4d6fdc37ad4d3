"""What AWS answered, before anything reads it: it must be readable, and it repeats no credential."""

import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from botocore.exceptions import BotoCoreError
from botocore.parsers import ResponseParserError

from postpatch.aws.decoding import is_decoded
from postpatch.text.credentials import may_hold_credential, redacted, redacted_values

_FAILED = 300  # botocore raises an error from this HTTP status on
_NO_CONTENT = 204
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_ERROR = (
    b"<Error><Code>UnreadableAnswer</Code>"
    b"<Message>the answer's body is not what AWS sends, and is left out: a proxy may have sent it</Message></Error>"
)
# An error as each protocol writes it (botocore: parsers.py).
_IN_PLACE = {
    "json": b'{"__type": "UnreadableAnswer", "message": "the answer\'s body is no JSON, and is left out"}',
    "rest-json": b'{"code": "UnreadableAnswer", "message": "the answer\'s body is no JSON, and is left out"}',
    "query": b"<ErrorResponse>" + _ERROR + b"</ErrorResponse>",
    "ec2": b"<Response><Errors>" + _ERROR + b"</Errors></Response>",
    "rest-xml": _ERROR,
}


class Unreadable(BotoCoreError):
    """An answer is not what the service's protocol has; its body is not repeated, for it may be anybody's."""

    fmt = "{operation} was answered with {size:,} bytes that are no {form} (HTTP status {status}), by AWS or by a proxy"


def require_readable(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    """Raise Unreadable for an answer that botocore could not parse; it would repeat it, or take it for an empty one.

    Registered at `before-parse`. An error's body is replaced, for its status says whether to try again.
    """
    reader = _reader(operation_model)
    body = response_dict["body"]
    if reader is None or not isinstance(body, bytes):
        return
    status = response_dict["status_code"]
    if status >= _FAILED:
        if not _can_read(reader, body):
            response_dict["body"] = _IN_PLACE[operation_model.service_model.resolved_protocol]
    elif status != _NO_CONTENT and _has_members(operation_model) and not _can_read(reader, body):
        form = "JSON object" if reader is _read_json else "XML"
        raise Unreadable(operation=operation_model.name, size=len(body), form=form, status=status)


def leave_credentials_out(http_response: Any, parsed: dict[str, Any]) -> None:
    """Redact each text of a parsed answer in place, where the answer may hold a credential in use.

    An answer to a good request is many findings long, and holds one only if its body does.
    """
    if http_response.status_code >= _FAILED or may_hold_credential(_text_of(http_response, parsed)):
        for name in [*parsed]:
            parsed[name] = redacted_values(parsed[name])


def leave_credentials_out_of_refusals(http_response: Any, parsed: dict[str, Any], **_: Any) -> None:
    """Redact each text of a refusal; an answer that is good may be the credentials that botocore asked for."""
    if http_response.status_code >= _FAILED:
        leave_credentials_out(http_response, parsed)


def reword_error(exception: Exception, **_: Any) -> None:
    """Redact the words of an exception that came in place of an answer; drop those that repeat an unreadable one."""
    if isinstance(exception, ResponseParserError):
        exception.args = ("the answer could not be read",)
    exception.args = tuple(redacted(one) if isinstance(one, str) else one for one in exception.args)


def _text_of(http_response: Any, parsed: dict[str, Any]) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in http_response.headers.items())
    # What was decoded by type is known to hold none, and nothing else of the body was read.
    content = None if is_decoded(parsed) else getattr(http_response, "_content", None)
    return f"{headers}\n{content.decode('latin-1') if isinstance(content, bytes) else ''}"


def _reader(operation_model: Any) -> Callable[[bytes], bool] | None:
    """Return what reads an answer's whole body, or None where the body is a file, a stream or CBOR."""
    shape = operation_model.output_shape
    if operation_model.has_streaming_output or (shape is not None and "payload" in shape.serialization):
        return None
    protocol = operation_model.service_model.resolved_protocol
    if protocol in ("json", "rest-json"):
        return _read_json
    return _read_xml if protocol in ("query", "ec2", "rest-xml") else None


def _has_members(operation_model: Any) -> bool:
    shape = operation_model.output_shape
    return shape is not None and any("location" not in one.serialization for one in shape.members.values())


def _can_read(reader: Callable[[bytes], bool], body: bytes) -> bool:
    try:
        return reader(body)
    except (ValueError, RecursionError, ElementTree.ParseError):
        return False


def _read_json(body: bytes) -> bool:
    document = json.loads(body)
    if _SURROGATE.search(body):
        # Half a pair is no character (RFC 8259, 8.2): nothing could store or show what holds one. A UnicodeEncodeError
        # is a ValueError.
        json.dumps(document, ensure_ascii=False).encode()
    return isinstance(document, dict)


def _read_xml(body: bytes) -> bool:
    ElementTree.fromstring(body)  # noqa: S314 - botocore reads the same bytes with the same parser
    return True
