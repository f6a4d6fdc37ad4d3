"""Writing an answer: from a result to bytes, refusing whatever does not fit the operation's output shape.

The check is what keeps the simulator honest: a misspelt member, a missing one or an unknown enum value is a loud
500 here, instead of a field that silently is not there on the caller's side.
"""

import base64
import json
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from botocore.model import OperationModel, Shape

from .constraints import broken_limit
from .errors import BrokenAnswer
from .message import Answer

_CONTENT_TYPE = {"json": "application/x-amz-json-1.1", "rest-json": "application/json", "query": "text/xml"}

# Shapes whose limits AWS's own answers break; an SDK does not check answers, so nobody notices live.
_LIMITS_NOT_KEPT = frozenset(
    {
        # The enum says INSTALLED_PENDING_REBOOT, the service sends InstalledPendingReboot (AWS CLI examples).
        "PatchComplianceDataState",
        # At least one character by the model, empty where there is none (AWS CLI examples).
        "PatchGroup",
        "OwnerInformation",
        "S3BucketName",
        "CloudWatchLogGroupName",
        "NotificationType",
        "MaintenanceWindowDescription",
        # One to five nodes by the model; a patch group may have none, or fifty a page (API reference, MaxResults).
        "InstancePatchStatesList",
        # At most 25 findings a page by the model, yet maxResults may be 100 and is honoured (recorded answers).
        "FindingList",
        # The pattern allows one digit after the second, the service sends three (AWS CLI examples).
        "StringDateTime",
        # At least one exclusion by the model, which cannot be where every ARN asked for is a failed item.
        "ExclusionMap",
    }
)


def write_answer(operation: OperationModel, result: dict[str, Any]) -> Answer:
    """Write the result of one call.

    Raises BrokenAnswer when the result does not fit the output shape: types, required and unknown members, limits.
    """
    protocol = operation.service_model.protocol
    shape = operation.output_shape
    body = _write(shape, result, operation.name) if shape is not None else {}
    status = int(operation.http.get("responseCode", 200))
    written = _xml(operation, body) if protocol == "query" else json.dumps(body)
    return Answer(status, (("Content-Type", _CONTENT_TYPE[protocol]),), written.encode())


def _xml(operation: OperationModel, body: Any) -> str:
    name = operation.name
    return f"<{name}Response><{name}Result>{_elements(body)}</{name}Result></{name}Response>"


def _elements(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_elements(item)}</{name}>" for name, item in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{_elements(item)}</member>" for item in value)
    return escape(str(value))


def _write(shape: Any, value: Any, path: str) -> Any:
    written = _by_kind(shape, value, path)
    broken = broken_limit(shape, value) if shape.name not in _LIMITS_NOT_KEPT else None
    if broken:
        raise BrokenAnswer(f"{path}: {value!r} breaks a limit of {shape.name}: {broken}")
    return written


def _by_kind(shape: Any, value: Any, path: str) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, value, path)
    if kind == "list":
        _expect(isinstance(value, list | tuple), shape, value, path)
        return [_write(shape.member, item, f"{path}[{number}]") for number, item in enumerate(value)]
    if kind == "map":
        _expect(isinstance(value, dict), shape, value, path)
        return {_write(shape.key, key, path): _write(shape.value, item, f"{path}.{key}") for key, item in value.items()}
    return _scalar(shape, value, path)


def _structure(shape: Any, value: Any, path: str) -> dict[str, Any]:
    _expect(isinstance(value, dict), shape, value, path)
    for name in value:
        if name not in shape.members:
            raise BrokenAnswer(f"{path}: {shape.name} has no member {name!r}")
    for name in shape.required_members:
        if value.get(name) is None:
            raise BrokenAnswer(f"{path}: {shape.name} requires {name!r}")
    return {
        shape.members[name].serialization.get("name", name): _write(shape.members[name], item, f"{path}.{name}")
        for name, item in value.items()
        if item is not None
    }


def _scalar(shape: Shape, value: Any, path: str) -> Any:
    kind = shape.type_name
    if kind == "timestamp":
        _expect(isinstance(value, datetime) and value.tzinfo is not None, shape, value, path)
        if shape.serialization.get("timestampFormat") == "iso8601":
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        # json 1.1 and rest-json bodies carry seconds since the epoch, as recorded answers show.
        return round(value.timestamp(), 3)
    if kind == "blob":
        _expect(isinstance(value, bytes), shape, value, path)
        return base64.b64encode(value).decode()
    if kind == "boolean":
        _expect(isinstance(value, bool), shape, value, path)
    elif kind in ("integer", "long"):
        _expect(isinstance(value, int) and not isinstance(value, bool), shape, value, path)
    elif kind in ("double", "float"):
        _expect(isinstance(value, int | float) and not isinstance(value, bool), shape, value, path)
    else:
        _expect(isinstance(value, str), shape, value, path)
    return value


def _expect(fits: bool, shape: Shape, value: Any, path: str) -> None:
    if not fits:
        raise BrokenAnswer(f"{path}: {shape.name} is a {shape.type_name}, not {type(value).__name__}")
