"""botocore's service models: which operation a request means, and the shapes of its input and output."""

import functools
import re
from dataclasses import dataclass

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

from .errors import AwsError
from .message import Request


@functools.cache
def model_loader() -> Loader:
    """Make the loader of the models that ship with botocore; it keeps what it read for the whole process."""
    return Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)


@functools.cache
def service_model(service: str) -> ServiceModel:
    """Load a service's model once a process."""
    return ServiceModel(model_loader().load_service_model(service, "service-2"), service_name=service)


@dataclass(frozen=True)
class Route:
    """One operation of a REST service, by method and path."""

    method: str
    pattern: re.Pattern[str]
    operation: str


@functools.cache
def _routes(service: str) -> tuple[Route, ...]:
    model = service_model(service)
    routes: list[tuple[int, Route]] = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        uri = http["requestUri"].partition("?")[0]
        path = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(uri))
        fixed = len(re.sub(r"\{\w+\}", "", uri))
        routes.append((fixed, Route(http["method"], re.compile(path + "/?"), name)))
    # A label may hold slashes, as an ARN does: of two operations that fit, the one with more fixed text is meant.
    return tuple(route for _, route in sorted(routes, key=lambda one: -one[0]))


def find_operation(service: str, request: Request) -> tuple[OperationModel, dict[str, str]]:
    """Find the operation that `request` asks of `service`, with the labels in its path.

    Raises AwsError `UnknownOperationException` when the service has none such.
    """
    model = service_model(service)
    if model.protocol == "json":
        if request.method == "POST" and request.target in model.operation_names:
            return model.operation_model(request.target), {}
        asked = request.target or f"at {request.method} {request.path}: X-Amz-Target names none"
        method = "" if request.method == "POST" else f" by {request.method}: every request is a POST"
        raise AwsError("UnknownOperationException", f"{service} has no operation {asked}{method}")
    if model.protocol == "query":
        if request.action in model.operation_names:
            return model.operation_model(request.action), {}
        raise AwsError("InvalidAction", f"The action {request.action} is not valid for this web service")
    for route in _routes(service):
        found = route.pattern.fullmatch(request.path)
        if found and route.method == request.method:
            return model.operation_model(route.operation), found.groupdict()
    message = f"{service} has no operation at {request.method} {request.path}"
    raise AwsError("UnknownOperationException", message, status=404)
