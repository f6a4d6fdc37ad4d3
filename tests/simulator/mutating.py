"""Requests that nobody would send: each begins as a good one, then one or several things in it are changed."""

import io
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from botocore.model import OperationModel, Shape

from postpatch.simulator import Simulator
from postpatch.simulator.wire.front import Ours
from postpatch.simulator.wire.models import service_model

SCOPE = "AWS4-HMAC-SHA256 Credential=SIMULATED/20261122/{}/{}/aws4_request, SignedHeaders=host, Signature=0"
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 7.5, 10**30, "", " ", "x", "a:b", "*", "\u202e\x00", "x" * 3000, [], {}, [None], [[]],
    {"": None}, "2026-13-45", "2026-11-22", "2026-11-22T10:00:00", "rate(0 days)", "cron(* * * * ? *)", "arn:aws:x",
    "%", "é", "-5", float("inf"), "null", {"Key": "x"}, [{"Key": "x"}], [{"Values": ["x"]}], [{}],
    {"comparison": "EQUALS"},
)  # fmt: skip
# What moto answers behind ours, as far as the suite asks it: form services, by their version in botocore's model.
FORMS: dict[str, dict[str, tuple[str, ...]]] = {
    "ec2": {"DescribeInstances": ("Filter.1.Name", "Filter.1.Value.1", "InstanceId.1", "MaxResults", "NextToken")},
    "cloudformation": {"DescribeStacks": ("StackName",), "DescribeStackResources": ("StackName", "PhysicalResourceId")},
    "autoscaling": {
        "DescribeAutoScalingGroups": ("AutoScalingGroupNames.member.1", "MaxRecords", "Filters.member.1.Name")
    },
    "sts": {"GetCallerIdentity": ()},
    "iam": {"GetRole": ("RoleName",), "ListAttachedRolePolicies": ("RoleName",)},
}


@dataclass
class Mutator:
    """Makes requests for one simulator, each from the seed's own chance."""

    simulator: Simulator
    chance: random.Random

    def __post_init__(self) -> None:
        """Collect the operations, and ids that there are."""
        services = next(step for step in self.simulator.front.steps if isinstance(step, Ours)).services
        self.operations = [(service, name) for service, named in services.items() for name in named]
        rows = self.simulator.client("ec2").describe_instances()["Reservations"]
        self.known = [host["InstanceId"] for row in rows for host in row["Instances"]]

    def requests(self, number: int) -> Iterator[dict[str, Any]]:
        """Yield so many requests (PEP 3333, environ)."""
        for _ in range(number):
            yield self._form() if self.chance.random() < 0.05 else self._ours()

    def _ours(self) -> dict[str, Any]:
        service, name = self.chance.choice(self.operations)
        model = service_model(service).operation_model(name)
        params = self._good(model.input_shape, 0) if model.input_shape else {}
        for _ in range(self.chance.choice((0, 0, 1, 1, 2))):
            params = self._changed(params)
        return self._written(service, model, params)

    def _written(self, service: str, model: OperationModel, params: Any) -> dict[str, Any]:
        protocol, path, query = service_model(service).protocol, "/", ""
        headers = {"AUTHORIZATION": SCOPE.format(self.simulator.region, service)}
        if protocol == "json":
            prefix = service_model(service).metadata["targetPrefix"]
            headers["X_AMZ_TARGET"] = f"{prefix}.{model.name}"
        elif protocol == "query":
            fields = params if isinstance(params, dict) else {"x": params}
            return self._environ("POST", "/", "", headers, urlencode({"Action": model.name, **fields}).encode())
        else:
            path = model.http["requestUri"].partition("?")[0]
            for label in [one.strip("{}") for one in path.split("/") if one.startswith("{")]:
                path = path.replace(
                    f"{{{label}}}", str(self.chance.choice((*ODD, *self.known))).replace("/", "%2F") or "x"
                )
        if self.chance.random() < 0.05:
            query = urlencode({"Action": self.chance.choice((model.name, "x", "")), "nextToken": "x"})
        body = json.dumps(params).encode()
        if self.chance.random() < 0.05 and body:
            at = self.chance.randrange(len(body))
            body = body[:at] + bytes([self.chance.randrange(256)]) + body[at + self.chance.randrange(3) :]
        return self._environ(model.http["method"], path, query, headers, body)

    def _form(self) -> dict[str, Any]:
        service = self.chance.choice(sorted(FORMS))
        action = self.chance.choice(sorted(FORMS[service]))
        fields = {name: self.chance.choice((*ODD, *self.known)) for name in FORMS[service][action]
                  if self.chance.random() < 0.5}  # fmt: skip
        version = service_model(service).metadata["apiVersion"]
        headers = {"AUTHORIZATION": SCOPE.format(self.simulator.region, service),
                   "HOST": f"{service}.{self.simulator.region}.amazonaws.com"}  # fmt: skip
        if self.chance.random() < 0.1:
            action = self.chance.choice(("", "x", "\0", *service_model(service).operation_names))
        written = urlencode({"Action": action, "Version": version, **fields})
        if self.chance.random() < 0.05:
            written = f"Action={self.chance.choice(('x', 'CreateStack', ''))}&{written}"
        if self.chance.random() < 0.3:
            return self._environ("GET", "/", written, headers, b"")
        return self._environ("POST", "/", "", headers | {"": ""}, written.encode())

    @staticmethod
    def _environ(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        return {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(),
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if b"Action=" in body else "application/json",
            "HTTP_HOST": "127.0.0.1", **{f"HTTP_{name}": text for name, text in headers.items() if name},
        }  # fmt: skip

    def _good(self, shape: Shape, depth: int) -> Any:
        kind = shape.type_name
        if kind == "structure":
            members: dict[str, Shape] = shape.members  # type: ignore[attr-defined]
            required = shape.required_members
            return {name: self._good(member, depth + 1) for name, member in members.items()
                    if name in required or (depth < 3 and self.chance.random() < 0.3)}  # fmt: skip
        if kind == "list":
            return [self._good(shape.member, depth + 1) for _ in range(self.chance.choice((1, 1, 2)))]  # type: ignore[attr-defined]
        if kind == "map":
            return {self._good(shape.key, depth): self._good(shape.value, depth + 1)}  # type: ignore[attr-defined]
        if kind == "string":
            choices = getattr(shape, "enum", None) or [*self.known, "pww", "x" * shape.metadata.get("min", 1)]
            return self.chance.choice(choices)
        if kind == "timestamp":
            return self.chance.choice((0, 1764000000, "2026-11-22T10:00:00Z", "2026-11-22"))
        return {"boolean": True, "blob": "eA=="}.get(kind, shape.metadata.get("min", 1))

    def _changed(self, value: Any) -> Any:
        if isinstance(value, dict) and value and self.chance.random() < 0.8:
            name = self.chance.choice(sorted(value, key=str))
            left = dict(value)
            what = self.chance.random()
            if what < 0.2:
                del left[name]
            elif what < 0.25:
                left[str(self.chance.choice(ODD))[:50]] = left.pop(name)
            else:
                left[name] = self._changed(value[name])
            return left
        if isinstance(value, list) and value and self.chance.random() < 0.7:
            at = self.chance.randrange(len(value))
            return [*value[:at], self._changed(value[at]), *value[at + 1 :]]
        return self.chance.choice((*ODD, *self.known))
