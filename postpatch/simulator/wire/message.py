"""A request that arrived, and an answer that goes back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

# In the Authorization header, or in the query of a presigned address.
_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
# Signature version 2, which only S3 still takes.
_OLD_SCOPE = re.compile(r"^AWS ([^:\s]+):|AWSAccessKeyId=([^&\s]+)")

# Services that answer in XML although their requests look like any other REST call (botocore: protocol rest-xml).
_REST_XML = frozenset({"s3", "s3express", "s3-outposts", "route53", "cloudfront"})


@dataclass(frozen=True)
class Request:
    """One HTTP request, with what its signature and headers say about whom it is for."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    environ: dict[str, object] = field(repr=False, compare=False)

    @property
    def access_key(self) -> str:
        """Name the key that signed the request; empty where nobody signed."""
        return self._scope()[0]

    @property
    def region(self) -> str:
        """Name the Region of the signature's scope."""
        return self._scope()[1]

    @property
    def service(self) -> str:
        """Name the service by its signing name, or by the first label of a host of AWS's."""
        host = self.headers.get("host", "")
        return self._scope()[2] or (host.split(".")[0] if ".amazonaws.com" in host else "")

    @property
    def target(self) -> str:
        """Name the operation of a JSON-protocol request (`X-Amz-Target`, without its prefix)."""
        return self.headers.get("x-amz-target", "").rpartition(".")[2]

    @property
    def protocol(self) -> str:
        """Tell the wire protocol from the request itself, so that no service model need be loaded for it."""
        if self.headers.get("smithy-protocol") == "rpc-v2-cbor":
            return "cbor"
        if "x-amz-target" in self.headers:
            return "json"
        if b"Action=" in self.body or "Action=" in self.query:
            return "ec2" if self.service == "ec2" else "query"
        return "rest-xml" if self.service in _REST_XML else "rest-json"

    @property
    def action(self) -> str:
        """Name the operation as well as the request tells it; for REST, method and path."""
        if self.target:
            return self.target
        if self.protocol == "cbor":
            return self.path.rstrip("/").rpartition("/")[2]
        return next((text for name, text in self.form if name == "Action"), f"{self.method} {self.path}")

    @property
    def form(self) -> list[tuple[str, str]]:
        """List the fields of a query-protocol request, from its body or its address."""
        text = self.body.decode("utf-8", "replace") if b"Action=" in self.body else self.query
        return parse_qsl(text, keep_blank_values=True)

    def _scope(self) -> tuple[str, str, str]:
        signed = self.headers.get("authorization") or unquote(self.query)
        if found := _SCOPE.search(signed):
            return found[1], found[2], found[3]
        old = _OLD_SCOPE.search(signed)
        return (old[1] or old[2], "", "s3") if old else ("", "", "")


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
