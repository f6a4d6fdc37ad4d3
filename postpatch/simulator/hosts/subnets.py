"""How many instances RunInstances launches: as many as were asked for, or as fit into the subnet."""

import io
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

from ..wire.errors import AwsError
from ..wire.message import Answer, Request


class FullSubnets:
    """Launch as many instances as fit, MaxCount at most; moto launches MinCount, and fails halfway in a full subnet.

    Source: EC2 API reference, RunInstances: "If you specify a value that is more capacity than Amazon EC2 can launch in
    the target Availability Zone, Amazon EC2 launches the largest possible number of instances above the specified
    minimum count". The refusal: "Error codes"; its words as users of EC2 report them.
    """

    def __init__(self, account: str) -> None:
        self._account = account

    def __call__(self, request: Request, forward: Callable[[Request], Answer]) -> Answer:
        """Refuse what does not fit into the subnet that a request names, and ask for no more than does."""
        if request.service != "ec2" or request.action != "RunInstances":
            return forward(request)
        fields = dict(request.form)
        named = fields.get("SubnetId") or fields.get("NetworkInterface.1.SubnetId", "")
        least, most = fields.get("MinCount", "1"), fields.get("MaxCount", "1")
        free = self._free(named, request.region)
        if not (least.isdecimal() and most.isdecimal()):
            return forward(request)
        if free is not None and int(least) > free:
            words = (
                f"There are not enough free addresses in subnet '{named}' to satisfy the requested number of instances."
            )
            raise AwsError("InsufficientFreeAddressesInSubnet", words)
        count = int(most) if free is None else min(int(most), free)
        body = urlencode({**fields, "MinCount": str(count)}).encode()
        behind = request.environ | {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        return forward(replace(request, body=body, query="", environ=behind))

    def _free(self, subnet_id: str, region: str) -> int | None:
        """Count the free addresses of a subnet; nothing if moto does not know it."""
        from moto.ec2.models import ec2_backends

        if region not in ec2_backends[self._account]:
            return None
        zones = ec2_backends[self._account][region].subnets.values()
        found = next((zone[subnet_id] for zone in zones if subnet_id in zone), None)
        return None if found is None else int(found.available_ip_address_count)
