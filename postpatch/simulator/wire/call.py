"""A request by the name of what it asks for, and by the page that it asks for."""

import contextlib
import io
import json
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import parse_qsl, urlencode

from botocore.exceptions import UnknownServiceError

from .errors import AwsError
from .message import Request
from .models import find_operation

# Services whose actions do not begin with their signing name (Service Authorization Reference, Amazon CloudWatch).
_ACTION_PREFIXES = {"monitoring": "cloudwatch"}
# What a GET of a key in S3 asks for beside the object itself (botocore: s3, requestUri of its operations).
_SUBRESOURCES = frozenset(
    {"acl", "annotation", "attributes", "legal-hold", "retention", "tagging", "torrent", "uploadId"}
)
# How the services spell the member that carries a page token.
TOKEN_NAMES = ("nextToken", "NextToken")


@dataclass(frozen=True)
class Call:
    """One request: the action that it needs (`service:Operation`), in which account, and as whom (an ARN).

    `by_operator` tells whether a client of the world's own story makes it, and not one of whom the world is for.
    """

    request: Request
    name: str
    account: str
    caller: str
    by_operator: bool = False

    @property
    def service(self) -> str:
        """Name the service as its actions do."""
        return self.name.partition(":")[0]

    @property
    def operation(self) -> str:
        """Name the operation without its service."""
        return self.name.partition(":")[2]

    @property
    def is_json(self) -> bool:
        """Tell whether the body is JSON, on the way in and out."""
        return self.request.protocol in ("json", "rest-json")

    @cached_property
    def fields(self) -> dict[str, object]:
        """Read what the request carries by name: members of a JSON body, or fields of a form or an address."""
        request = self.request
        if request.body and self.is_json:
            try:
                found = json.loads(request.body)
            except (ValueError, RecursionError):
                return {}  # whoever answers says so
            return found if isinstance(found, dict) else {}
        return dict(request.form if request.body else parse_qsl(request.query, keep_blank_values=True))

    @property
    def token(self) -> str:
        """Return the page token that the request carries, or nothing."""
        return next((str(self.fields[name]) for name in TOKEN_NAMES if self.fields.get(name)), "")

    def for_the_first_page(self) -> Request:
        """Return the same request without its page token."""
        request = self.request
        left = {name: value for name, value in self.fields.items() if name not in TOKEN_NAMES}
        if not request.body:
            query = urlencode(left)
            return replace(request, query=query, environ=request.environ | {"QUERY_STRING": query})
        body = (json.dumps(left) if self.is_json else urlencode(left)).encode()
        behind = request.environ | {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        headers = {**request.headers, "content-length": str(len(body))}
        return replace(request, body=body, headers=headers, environ=behind)


@dataclass(frozen=True)
class Callers:
    """Who may call: whoever signs with the operator's key plays the world's story, everybody else is one caller."""

    account: str
    operator_key: str

    def call(self, request: Request) -> Call:
        """Name what `request` asks for, and who asks."""
        # The one caller that moto's GetCallerIdentity knows.
        caller = f"arn:aws:sts::{self.account}:user/moto"
        return Call(request, call_name(request), self.account, caller, request.access_key == self.operator_key)


def call_name(request: Request) -> str:
    """Name what a request asks for, `service:Operation`; method and path where no model tells the operation."""
    operation = request.action
    if request.protocol == "rest-json":
        with contextlib.suppress(AwsError, UnknownServiceError):  # whoever answers refuses it
            operation = find_operation(request.service, request)[0].name
    elif request.service == "s3" and _reads_an_object(request):
        operation = "GetObject"
    return f"{_ACTION_PREFIXES.get(request.service, request.service)}:{operation}"


def _reads_an_object(request: Request) -> bool:
    """Tell whether a request of S3 is GetObject: a GET of a key, without the name of one of its subresources.

    The bucket is in the host or in the path (S3 user guide, "Virtual hosting of general purpose buckets").
    """
    bucket_in_host = not request.headers.get("host", "").startswith("s3") and "amazonaws.com" in request.headers["host"]
    key = request.path.lstrip("/") if bucket_in_host else request.path.lstrip("/").partition("/")[2]
    asked = {name for name, _ in parse_qsl(request.query, keep_blank_values=True)}
    return request.method == "GET" and bool(key) and not asked & _SUBRESOURCES
