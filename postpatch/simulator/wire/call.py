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
_OF_OBJECTS = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject"}
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
    elif request.service == "s3":
        operation = s3_action(request) or operation
    return f"{_ACTION_PREFIXES.get(request.service, request.service)}:{operation}"


def s3_place(request: Request) -> tuple[str, str]:
    """Return the bucket and the key that a request of S3 names, each empty where it names none.

    The bucket is in the host or in the path (S3 user guide, "Virtual hosting of general purpose buckets").
    """
    host, path = request.headers.get("host", ""), request.path.lstrip("/")
    bucket, separator, _ = host.partition(".s3")
    if separator and "amazonaws.com" in host:
        return bucket, path
    bucket, _, key = path.partition("/")
    return bucket, key


def s3_action(request: Request) -> str:
    """Return the action that a request for an object of S3, or for a list of them, needs; nothing for any other.

    A HEAD needs what a GET does, and ListObjects with its second version s3:ListBucket (S3 user guide, "Required
    permissions for Amazon S3 API operations").
    """
    bucket, key = s3_place(request)
    asked = {name for name, _ in parse_qsl(request.query, keep_blank_values=True)}
    if key and not asked & _SUBRESOURCES:
        return _OF_OBJECTS.get(request.method, "")
    return "ListBucket" if bucket and not key and "list-type" in asked and request.method == "GET" else ""
