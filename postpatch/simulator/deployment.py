"""Where a world is deployed, and what the things in it are called."""

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

STACK_TAG = "aws:cloudformation:stack-name"
GROUP_TAG = "aws:autoscaling:groupName"
HOST_NAMES = frozenset({"pww-node", "pww-RedTeamHost"})  # in workshop.yaml
_ACCOUNT = re.compile(r"\d{12}")
# botocore shape StackNameOrId of cloudformation, and CreateStack's limit; an ARN names a stack that exists already.
_STACK = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
# API reference of Amazon EC2 Auto Scaling, CreateAutoScalingGroup: ASCII 33 to 126, and no colon.
_GROUP = re.compile(r"[!-9;-~]{1,255}")


class ImpossibleDeployment(ValueError):
    """Say which values AWS would not have, or the simulated one does not, one a line."""


@dataclass(frozen=True)
class Deployment:
    """The account and Region of a world, and the names in it.

    `stack` is the stack of the hosts in question, `group` its Auto Scaling group (empty: CloudFormation names it),
    `baseline` the patch baseline, `tags` what the hosts are tagged with beside it, `topic` an SNS topic (empty: none).
    ImpossibleDeployment lists what cannot be.
    """

    account: str = "123456789012"
    region: str = "us-east-1"
    stack: str = "pww"
    group: str = ""
    baseline: str = "pww"
    tags: Mapping[str, str] = field(default_factory=dict)
    topic: str = ""

    def __post_init__(self) -> None:
        if problems := [*self._problems()]:
            raise ImpossibleDeployment("\n".join(problems))

    def _problems(self) -> Iterable[str]:
        if not _ACCOUNT.fullmatch(self.account):
            yield f"{self.account!r} is no account: an account has 12 digits"
        if self.region not in (known := known_regions()):
            nearest = get_close_matches(self.region, known, n=1)
            more = f" Did you mean {nearest[0]}?" if nearest else ""
            yield f"the simulated AWS has no region {self.region!r}: it knows the regions of the partition aws.{more}"
        if not _STACK.fullmatch(self.stack):
            yield f"{self.stack!r} is no name for a stack: a letter, then letters, digits and -, 128 at most"
        if self.group and not _GROUP.fullmatch(self.group):
            yield f"{self.group!r} is no name for an Auto Scaling group: ASCII without blanks and colons, 255 at most"
        for key in sorted(self.tags):
            if key.lower().startswith("aws:"):
                yield f"nobody can tag a host with {key!r}: the prefix is reserved for AWS"
            if key == "Name" and self.tags[key] not in HOST_NAMES:
                yield f"no host of a world is named {self.tags[key]!r}: they are {' and '.join(sorted(HOST_NAMES))}"


@functools.cache
def known_regions() -> list[str]:
    """List the regions of the partition aws, as botocore knows them."""
    from botocore.loaders import create_loader

    [aws] = [one for one in create_loader().load_data("partitions")["partitions"] if one["id"] == "aws"]
    return sorted(region for region in aws["regions"] if region != "aws-global")
