"""What Inspector covers in the account beside EC2 instances: counted, and judged by no check.

Container images, Lambda functions and machine images are built anew, not patched.
"""

from collections import Counter

from postpatch.aws.session import Connection, asking
from postpatch.model import MOST_SET_ASIDE

_EC2 = "AWS_EC2_INSTANCE"


def other_resources(connection: Connection, account: str) -> tuple[tuple[str, int], ...]:
    """Return how many resources of each other type Inspector covers in `account`, by type, up to MOST_SET_ASIDE."""
    pages = connection.client("inspector2").get_paginator("list_coverage")
    criteria = {
        "resourceType": [{"comparison": "NOT_EQUALS", "value": _EC2}],
        "accountId": [{"comparison": "EQUALS", "value": account}],
    }
    covered: set[tuple[str, str]] = set()
    with asking("what Inspector covers beside EC2 instances"):
        for page in pages.paginate(filterCriteria=criteria, maxResults=200):
            # A function has a row for its packages and one for its code.
            covered |= {(row["resourceType"], row["resourceId"]) for row in page["coveredResources"]}
            if len(covered) >= MOST_SET_ASIDE:
                break
    return tuple(sorted(Counter(kind for kind, _ in covered).items()))
