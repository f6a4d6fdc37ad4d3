"""How an error looks on the wire, in each protocol that a caller may speak."""

import json
from typing import Any
from xml.sax.saxutils import escape

from .errors import AwsError
from .message import Answer, Request

_JSON = {"json": "application/x-amz-json-1.1", "rest-json": "application/json"}


def failure(request: Request, error: AwsError, request_id: str) -> Answer:
    """Write `error` in the protocol that `request` speaks, so that the caller's SDK raises it under its code."""
    protocol = request.protocol
    if protocol in _JSON:
        return _json(error, _JSON[protocol])
    if protocol == "cbor":
        return _cbor(error)
    return _xml(error, protocol, request_id)


def _json(error: AwsError, content_type: str) -> Answer:
    body: dict[str, Any] = {"__type": error.code, "message": error.message, **error.members}
    headers = (("Content-Type", content_type), ("x-amzn-ErrorType", error.code))
    return Answer(error.status, headers, json.dumps(body).encode())


def _xml(error: AwsError, protocol: str, request_id: str) -> Answer:
    inner = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    if protocol == "ec2":
        body = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
    elif protocol == "query":
        kind = "Receiver" if error.status >= 500 else "Sender"
        body = (
            f"<ErrorResponse><Error><Type>{kind}</Type>{inner}</Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    else:
        body = f"<Error>{inner}<RequestId>{request_id}</RequestId></Error>"
    return Answer(error.status, (("Content-Type", "text/xml"),), f'<?xml version="1.0"?>{body}'.encode())


def _cbor(error: AwsError) -> Answer:
    pairs = (("__type", error.code), ("message", error.message))
    body = bytes([0xA0 + len(pairs)]) + b"".join(_cbor_text(text) for pair in pairs for text in pair)
    return Answer(error.status, (("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")), body)


def _cbor_text(text: str) -> bytes:
    # RFC 8949 section 3.1: major type 3, here always with a four-byte length.
    raw = text.encode()
    return b"\x7a" + len(raw).to_bytes(4, "big") + raw
