"""Reading a request: from bytes to the operation's parameters, refusing what its input shape does not allow."""

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from botocore.model import OperationModel, Shape

from .constraints import broken_limit
from .errors import AwsError
from .invalid_input import invalid_input
from .message import Request

Params = dict[str, Any]
_SELECTION = {"Key", "Values"}


def read_params(operation: OperationModel, request: Request, labels: dict[str, str]) -> Params:
    """Read the parameters of one call.

    Raises AwsError `SerializationException` for a body that is not JSON or a value of the wrong type,
    and `ValidationException` for one that breaks a limit of the model.
    """
    shape = operation.input_shape
    if shape is None:
        return {}
    raw: Params
    if operation.service_model.protocol == "query":
        # Of these requests only flat members are read: our operations have no others.
        raw = {name: _flat(shape.members[name], text) for name, text in request.form if name in shape.members}
    else:
        raw = _body(request)
    query = parse_qs(request.query)
    for name, member in shape.members.items():
        location, wire_name = member.serialization.get("location"), member.serialization.get("name", name)
        if location == "uri" and wire_name in labels:
            raw[name] = labels[wire_name]
        elif location == "querystring" and wire_name in query:
            raw[name] = query[wire_name] if member.type_name == "list" else query[wire_name][0]
    problems: list[tuple[str, str]] = []
    params: Params = _read(shape, raw, "", problems)
    if problems:
        raise validation_error(operation.service_model.service_name, problems)
    return params


def validation_error(service: str, problems: list[tuple[str, str]]) -> AwsError:
    """Make the `ValidationException` of a service from pairs of field and complaint.

    inspector2's carries `reason` and `fields` (botocore: shape ValidationException); ssm's is a message only;
    inspector has an InvalidInputException in its place.
    """
    count = len(problems)
    told = "; ".join(complaint for _, complaint in problems)
    message = f"{count} validation error{'s' if count > 1 else ''} detected: {told}"
    if service == "inspector2":
        fields = [{"name": name, "message": complaint} for name, complaint in problems]
        return AwsError("ValidationException", message, reason="FIELD_VALIDATION_FAILED", fields=fields)
    if service == "inspector":
        return invalid_input(problems[0][0], message)
    return AwsError("ValidationException", message)


def _flat(shape: Shape, text: str) -> Any:
    return int(text) if shape.type_name == "integer" and text.removeprefix("-").isdecimal() else text


def _body(request: Request) -> Params:
    if not request.body.strip():
        return {}
    try:
        raw = json.loads(request.body)
    except (ValueError, RecursionError):
        raise AwsError("SerializationException", "the body of the request is not JSON") from None
    if not isinstance(raw, dict):
        raise AwsError("SerializationException", "the body of the request is not a JSON object")
    return raw


def _read(shape: Shape, raw: Any, path: str, problems: list[tuple[str, str]]) -> Any:
    reader = _READERS.get(shape.type_name)
    value = reader(shape, raw, path, problems) if reader else _scalar(shape, raw, path)
    if complaint := broken_limit(shape, value):
        problems.append((path, f"Value '{raw}' at '{path}' failed to satisfy constraint: {complaint}"))
    return value


def _structure(shape: Any, raw: Any, path: str, problems: list[tuple[str, str]]) -> Params:
    _expect(dict, raw, path, "a structure")
    value: Params = {}
    unknown = [_join(path, name) for name in raw if name not in shape.members]
    problems.extend((at, f"'{at}' is not a member of {shape.name}") for at in unknown)
    if shape.is_tagged_union and len(raw) != 1:
        problems.append((path, f"'{path}' must hold exactly one of {', '.join(shape.members)}"))
    # botocore's model lets the parts of a filter and of a target be absent; one without them selects nothing.
    needed = shape.members if set(shape.members) == _SELECTION else shape.required_members
    for name, member in shape.members.items():
        if raw.get(name) is not None:
            value[name] = _read(member, raw[name], _join(path, name), problems)
        elif name in needed:
            at = _join(path, name)
            problems.append((at, f"Value null at '{at}' failed to satisfy constraint: Member must not be null"))
    return value


def _list(shape: Any, raw: Any, path: str, problems: list[tuple[str, str]]) -> list[Any]:
    _expect(list, raw, path, "a list")
    return [_read(shape.member, item, f"{path}.{number}.member", problems) for number, item in enumerate(raw, 1)]


def _map(shape: Any, raw: Any, path: str, problems: list[tuple[str, str]]) -> Params:
    _expect(dict, raw, path, "a map")
    return {
        _read(shape.key, key, f"{path}.key", problems): _read(shape.value, item, f"{path}.{key}", problems)
        for key, item in raw.items()
    }


def _timestamp(raw: Any, path: str) -> datetime:
    try:
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            return datetime.fromtimestamp(raw, UTC)
        parsed = datetime.fromisoformat(raw)
    except (ValueError, TypeError, OverflowError, OSError):
        raise AwsError("SerializationException", f"'{path}' is not a timestamp") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _blob(raw: Any, path: str) -> bytes:
    _expect(str, raw, path, "a base64 string")
    try:
        return base64.b64decode(raw, validate=True)
    except (binascii.Error, ValueError):
        raise AwsError("SerializationException", f"'{path}' is not base64") from None


_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
}


def _scalar(shape: Shape, raw: Any, path: str) -> Any:
    if shape.type_name == "timestamp":
        return _timestamp(raw, path)
    if shape.type_name == "blob":
        return _blob(raw, path)
    wanted = _SCALARS.get(shape.type_name, (object,))
    if not isinstance(raw, wanted) or (isinstance(raw, bool) and bool not in wanted):
        raise AwsError("SerializationException", f"'{path}' must be a {shape.type_name}, not {type(raw).__name__}")
    return raw


def _expect(kind: type, raw: Any, path: str, noun: str) -> None:
    if not isinstance(raw, kind):
        raise AwsError("SerializationException", f"'{path}' must be {noun}, not {type(raw).__name__}")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


_READERS: dict[str, Any] = {"structure": _structure, "list": _list, "map": _map}
