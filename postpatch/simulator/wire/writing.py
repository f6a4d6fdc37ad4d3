"""Writing an answer: from a result to bytes, refusing whatever does not fit the operation's output shape.

The check is what keeps the simulator honest: a misspelt member, a missing one or an unknown enum value is a loud
500 here, instead of a field that silently is not there on the caller's side.
"""

import base64
import functools
import json
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from botocore.model import OperationModel, Shape

from .constraints import broken_limit, has_limits
from .errors import BrokenAnswer
from .message import Answer

_LISTS = (list, tuple)
_NUMBERS = (int, float)
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
    kind = shape.type_name
    written: Any
    if kind == "structure":
        written = _structure(shape, value, path)
    elif kind == "list":
        _expect(isinstance(value, _LISTS), shape, value, path)
        written = [_write(shape.member, item, f"{path}[{number}]") for number, item in enumerate(value)]
    elif kind == "map":
        _expect(isinstance(value, dict), shape, value, path)
        key, member = shape.key, shape.value
        written = {_write(key, name, path): _write(member, item, f"{path}.{name}") for name, item in value.items()}
    else:
        written = _scalar(shape, value, path)
    broken = broken_limit(shape, value) if _is_limited(shape) else None
    if broken:
        raise BrokenAnswer(f"{path}: {value!r} breaks a limit of {shape.name}: {broken}")
    return written


# An answer may have thousands of members, each of a shape with its limits: both are read once for all answers.
@functools.cache
def _is_limited(shape: Shape) -> bool:
    return shape.name not in _LIMITS_NOT_KEPT and has_limits(shape)


@functools.cache
def _members(shape: Any) -> dict[str, tuple[str, Shape]]:
    """Return each member of a structure by its name: what it is called in an answer, and its shape."""
    return {name: (member.serialization.get("name", name), member) for name, member in shape.members.items()}


def _structure(shape: Any, value: Any, path: str) -> dict[str, Any]:
    _expect(isinstance(value, dict), shape, value, path)
    members = _members(shape)
    for name in value:
        if name not in members:
            raise BrokenAnswer(f"{path}: {shape.name} has no member {name!r}")
    for name in shape.required_members:
        if value.get(name) is None:
            raise BrokenAnswer(f"{path}: {shape.name} requires {name!r}")
    written = {}
    for name, item in value.items():
        if item is not None:
            called, member = members[name]
            written[called] = _write(member, item, f"{path}.{name}")
    return written


def _scalar(shape: Shape, value: Any, path: str) -> Any:
    kind = shape.type_name
    if kind == "string":
        _expect(isinstance(value, str), shape, value, path)
        return value
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
        _expect(isinstance(value, _NUMBERS) and not isinstance(value, bool), shape, value, path)
    else:
        _expect(isinstance(value, str), shape, value, path)
    return value


def _expect(fits: bool, shape: Shape, value: Any, path: str) -> None:
    if not fits:
        raise BrokenAnswer(f"{path}: {shape.name} is a {shape.type_name}, not {type(value).__name__}")
