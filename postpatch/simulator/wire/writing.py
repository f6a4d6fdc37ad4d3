"""Writing an answer: from a result to bytes, refusing whatever does not fit the operation's output shape.

The check is what keeps the simulator honest: a misspelt member, a missing one or an unknown enum value is a loud
500 here, instead of a field that silently is not there on the caller's side.
"""

import base64
import functools
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from botocore.model import OperationModel

from .constraints import limits_of
from .errors import BrokenAnswer
from .message import Answer

_LISTS = (list, tuple)
_TYPES: dict[str, type | tuple[type, ...]] = {
    "timestamp": datetime,
    "blob": bytes,
    "boolean": bool,
    "integer": int,
    "long": int,
    "double": (int, float),
    "float": (int, float),
}
_Write = Callable[[Any], Any]
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
    try:
        body = _writer(shape)(result) if shape is not None else {}
    except _Misfit as misfit:
        raise BrokenAnswer(f"{operation.name}{''.join(reversed(misfit.steps))}: {misfit.reason}") from None
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


class _Misfit(Exception):
    """Say that a value does not fit its shape, and where: the steps to it are added on the way out, the last first."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.steps: list[str] = []


# An answer may have thousands of members: what its shape asks for is read once for all answers.
@functools.cache
def _writer(shape: Any) -> _Write:
    """Return what writes a value of a shape as JSON has it."""
    make = {"structure": _structure, "list": _list, "map": _map}.get(shape.type_name, _scalar)
    write, broken = make(shape), None if shape.name in _LIMITS_NOT_KEPT else limits_of(shape)
    if broken is None:
        return write

    def limited(value: Any) -> Any:
        written = write(value)
        if breach := broken(value):
            raise _Misfit(f"{value!r} breaks a limit of {shape.name}: {breach}")
        return written

    return limited


def _structure(shape: Any) -> _Write:
    called = {name: member.serialization.get("name", name) for name, member in shape.members.items()}
    writers: dict[str, _Write] = {}

    def write(value: Any) -> dict[str, Any]:
        _expect(isinstance(value, dict), shape, value)
        for name in value.keys() - called.keys():
            raise _Misfit(f"{shape.name} has no member {name!r}")
        for name in shape.required_members:
            if value.get(name) is None:
                raise _Misfit(f"{shape.name} requires {name!r}")
        written, name = {}, ""
        try:
            for name, item in value.items():
                if item is not None:
                    # Made only now: a shape may hold itself.
                    writer = writers.get(name) or writers.setdefault(name, _writer(shape.members[name]))
                    written[called[name]] = writer(item)
        except _Misfit as misfit:
            misfit.steps.append(f".{name}")
            raise
        return written

    return write


def _list(shape: Any) -> _Write:
    def write(value: Any) -> list[Any]:
        _expect(isinstance(value, _LISTS), shape, value)
        writer, written = _writer(shape.member), []
        try:
            for item in value:
                written.append(writer(item))  # noqa: PERF401 - its length says which item does not fit
        except _Misfit as misfit:
            misfit.steps.append(f"[{len(written)}]")
            raise
        return written

    return write


def _map(shape: Any) -> _Write:
    def write(value: Any) -> dict[str, Any]:
        _expect(isinstance(value, dict), shape, value)
        key, writer, written, name = _writer(shape.key), _writer(shape.value), {}, ""
        try:
            for name, item in value.items():
                written[key(name)] = writer(item)
        except _Misfit as misfit:
            misfit.steps.append(f".{name}")
            raise
        return written

    return write


def _scalar(shape: Any) -> _Write:
    kind, types = shape.type_name, _TYPES.get(shape.type_name, str)

    def write(value: Any) -> Any:
        _expect(isinstance(value, types) and (kind == "boolean" or not isinstance(value, bool)), shape, value)
        return value

    if kind == "blob":
        return lambda value: base64.b64encode(write(value)).decode()
    if kind == "timestamp":
        as_text = shape.serialization.get("timestampFormat") == "iso8601"
        return lambda value: _moment(shape, write(value), as_text=as_text)
    return write


def _moment(shape: Any, value: datetime, *, as_text: bool) -> Any:
    _expect(value.tzinfo is not None, shape, value)
    if as_text:
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    # json 1.1 and rest-json bodies carry seconds since the epoch, as recorded answers show.
    return round(value.timestamp(), 3)


def _expect(fits: bool, shape: Any, value: Any) -> None:
    if not fits:
        raise _Misfit(f"{shape.name} is a {shape.type_name}, not {type(value).__name__}")
