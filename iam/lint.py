"""`python -m iam.lint`: read the policies with parliament, and print what it finds that has no reason to stay.

Parliament compares each statement with the Service Authorization Reference. It is kept out of the suite's own
environment, like all that only a release needs: `make lint-iam` installs it.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_READ = r"[a-z0-9-]+:(BatchGet|Describe|Get|List|Simulate)[A-Za-z0-9]+"
# What parliament finds and what stays: its name for the finding, all that it may name, and the reason.
STAYS = {
    "RESOURCE_STAR": (
        _READ,
        "reads; their requests do not name the resource, so that the simulated AWS could prove nothing",
    ),
    "RESOURCE_MISMATCH": (
        r"ssm:(SendCommand|DeregisterT(arget|ask)FromMaintenanceWindow)",
        "two statements together allow an action on both of its kinds of resource, one of them under a condition; "
        "and AWS's own documents have no account in their ARN",
    ),
    "UNKNOWN_CONDITION_FOR_ACTION": (
        r"Unknown condition ssm:resourceTag/created-by for action ssm:[A-Za-z]+MaintenanceWindow",
        "the reference calls this key of a window `ssm:resourceTag/tag-key`, and parliament takes that by word",
    ),
}


def main() -> int:
    """Print each finding without a reason; return 1 if there is one."""
    found = [*_unexpected()]
    sys.stdout.write("".join(f"{line}\n" for line in found) or "every policy is clean but for what iam/lint.py lists\n")
    return 1 if found else 0


def _unexpected() -> Iterator[str]:
    from parliament import analyze_policy_string

    for path in sorted(HERE.glob("*.json")):
        for finding in analyze_policy_string(path.read_text(encoding="utf-8")).findings:
            for named in _named_in(finding.detail):
                if finding.issue not in STAYS or not re.fullmatch(STAYS[finding.issue][0], named):
                    yield f"{path.name}: {finding.issue}: {named} {finding.location}"


def _named_in(detail: Any) -> list[str]:
    """Return what a finding names: its actions, or its text."""
    if not isinstance(detail, list):
        return [str(detail)]
    return [str(one["action"]) if isinstance(one, dict) else str(one) for one in detail]


if __name__ == "__main__":
    sys.exit(main())
