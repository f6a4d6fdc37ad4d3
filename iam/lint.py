"""`python -m iam.lint`: read the policies with parliament, and print what it finds that has no reason to stay.

Parliament compares each statement with the Service Authorization Reference. It is kept out of the suite's own
environment, like all that only a release needs: `make lint-iam` installs it.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
# What parliament finds and what stays, by its name for the finding: a text of its details, and the reason.
STAYS = {
    "RESOURCE_STAR": ("", "reads whose resource a request does not tell the simulated AWS, which could prove nothing"),
    "RESOURCE_MISMATCH": (
        "",
        "two statements together allow an action on both of its kinds of resource, one of them under a condition; "
        "and AWS's own documents have no account in their ARN",
    ),
    "UNKNOWN_CONDITION_FOR_ACTION": (
        "ssm:resourceTag/",
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
            detail = finding.detail if isinstance(finding.detail, str) else json.dumps(finding.detail)
            if STAYS.get(finding.issue, ("\0", ""))[0] not in detail:
                yield f"{path.name}: {finding.issue}: {detail} {finding.location}"


if __name__ == "__main__":
    sys.exit(main())
