"""What AWS refuses of a form where moto breaks: an unknown action, a number that is none, a page token of nobody."""

import re
from collections.abc import Mapping

from botocore.exceptions import UnknownServiceError
from botocore.model import ServiceModel, StructureShape

from .call import TOKEN_NAMES
from .constraints import broken_limit
from .errors import AwsError
from .message import Request
from .models import service_model

# EC2 API reference, "Error codes"; common errors of the services with AWS's query protocol.
_CODES = {"ec2": "InvalidParameterValue", "query": "ValidationError"}
_MISSING = {"ec2": "MissingParameter", "query": "ValidationError"}
UNKNOWN_ACTION = "InvalidAction"
# Of these an operation needs one (CloudFormation API reference, CreateStack); the model requires neither.
_TEMPLATES = frozenset({"TemplateBody", "TemplateURL"})
_NUMBERS = ("integer", "long")
_DIGITS = 18
_FILTER = re.compile(r"(Filters?\.(?:member\.)?\d+\.)")


def refusal(request: Request) -> AwsError | None:
    """Return AWS's refusal of a form that moto broke on, or None if nothing is known to be wrong with it.

    Asked only then: loading a service's model takes longer than answering.
    """
    model = _model(request)
    if model is None:
        return None
    if request.action not in model.operation_names:
        return AwsError(UNKNOWN_ACTION, f"The action {request.action} is not valid for this web service")
    shape = model.operation_model(request.action).input_shape
    if shape is None:
        return None
    fields = dict(request.form)
    if missing := next((name for name in shape.required_members if not _is_given(shape, name, fields)), None):
        return AwsError(_MISSING[request.protocol], f"The request must contain the parameter {missing}")
    templates = (*_TEMPLATES, "UsePreviousTemplate")
    if shape.members.keys() >= _TEMPLATES and not any(fields.get(name) for name in templates):
        return AwsError("ValidationError", "Either Template URL or Template Body must be specified.")
    wrong = next((name for name in fields if _is_wrong(shape, name, fields)), None)
    if wrong:
        return AwsError(_CODES[request.protocol], f"Value ({fields[wrong]}) for parameter {wrong} is invalid")
    if any(fields.get(name) for name in TOKEN_NAMES):
        code = "InvalidPaginationToken" if request.protocol == "ec2" else "InvalidNextToken"
        return AwsError(code, "The pagination token is not valid or has expired")
    return None


def _is_wrong(shape: StructureShape, name: str, fields: Mapping[str, str]) -> bool:
    if found := _FILTER.match(name):
        return not {part for part in fields if part.startswith(f"{found[1]}Name")} or not {
            part for part in fields if part.startswith(f"{found[1]}Value")
        }
    member = shape.members.get(name)
    if member is None or member.type_name not in _NUMBERS:
        return False
    plain = fields[name].removeprefix("-")
    if not (plain.isascii() and plain.isdecimal()) or len(plain) > _DIGITS:
        return True
    negative_size = name.startswith("Max") and fields[name].startswith("-")
    return negative_size or bool(broken_limit(member, int(fields[name])))


def _is_given(shape: StructureShape, name: str, fields: Mapping[str, str]) -> bool:
    """Tell whether a form holds a member, or a part of it; EC2's fields are named as the model serializes them."""
    written = shape.members[name].serialization
    names = {name, written.get("queryName", name), written.get("name", name)}
    return any(field.partition(".")[0].lower() in {one.lower() for one in names} for field in fields)


def _model(request: Request) -> ServiceModel | None:
    if request.protocol not in _CODES:
        return None
    try:
        model = service_model(request.service)
    except UnknownServiceError:
        return None
    return model if model.protocol in _CODES else None
