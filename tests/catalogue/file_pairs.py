"""Pairs of exported files that would have passed for good patching, and two that only look wrong."""

import json

from tests.catalogue.pair import Pair, half, replaced
from tests.suite.exported import (
    BEFORE,
    HOSTS,
    LATER,
    asking,
    finding,
    fixable,
    fixed,
    port,
    recorded,
    unfixable,
)

STILL = frozenset({"FIND-1", "FIND-4", "FIND-5"})
# What rests on a later file that may hold less than there is.
ABSENT = frozenset({"FIND-1", "FIND-2", "FIND-3", "FIND-4", "FIND-5", "FIND-6", "FIND-8"})
# What could be fixed is closed, what could not is still there.
GOOD = (fixable() + unfixable(), fixed(LATER) + unfixable(LATER))
LOW = [finding(host, "CVE-2023-0010", severity="LOW") for host in HOSTS]
LOW_LATER = [finding(host, "CVE-2023-0010", at=LATER, severity="LOW") for host in HOSTS]
MILD = finding(HOSTS[0], "CVE-2023-0011", "8.1", severity="LOW")
PORTS = [port(host, 22) for host in HOSTS]
PORTS_LATER = [port(host, 22, LATER) for host in HOSTS]
JARS = [finding(HOSTS[0], "CVE-2023-0001", "8.1", findingArn="arn:jar")]
JARS[0]["packageVulnerabilityDetails"]["vulnerablePackages"][0]["packageManager"] = "JAR"
OTHER_REGION = "arn:aws:inspector2:eu-west-1:123456789012:finding/1"
_IMAGE = [{"type": "AWS_ECR_CONTAINER_IMAGE", "id": "arn:image", "region": "us-east-1"}]
FOREIGN = "210987654321"
VERSION = {"filterCriteria": {"vulnerablePackages": [{"version": {"comparison": "EQUALS", "value": "8.0"}}]}}
PAIRS = (
    Pair(
        "repeated-rows",
        "Nothing was fixed; the pages of the baseline hold every row twice, so half seem gone.",
        GOOD[0] * 2,
        fixable(LATER) + unfixable(LATER),
        STILL,
    ),
    Pair(
        "closed-before",
        "What the baseline counts as fixed now was CLOSED before it was taken.",
        fixable()[:1] + fixable(status="CLOSED")[1:] + unfixable(),
        fixable(LATER)[:1] + unfixable(LATER),
        STILL,
    ),
    Pair(
        "suppressed-rows",
        "Every fixable finding is SUPPRESSED in the later file.",
        GOOD[0],
        fixable(LATER, status="SUPPRESSED") + unfixable(LATER),
        frozenset({"FIND-6"}),
    ),
    Pair(
        "host-left-out",
        "The later file has no row of one of the hosts: not scanned looks like clean.",
        GOOD[0],
        [row for row in GOOD[1] if row["resources"][0]["id"] == HOSTS[0]],
        frozenset({"SCAN-3"}),
    ),
    Pair(
        "empty-export",
        "The later file has no findings at all.",
        GOOD[0],
        [],
        frozenset({"SCAN-3"}),
        ABSENT,
    ),
    Pair(
        "other-arns",
        "Nothing was fixed; every finding has another ARN and another title than before.",
        GOOD[0],
        fixable(LATER, findingArn="arn:new", title="new") + unfixable(LATER),
        STILL,
    ),
    Pair(
        "images-fixed",
        "The container images were rebuilt; the hosts are as they were.",
        GOOD[0] + fixable(resources=_IMAGE),
        fixable(LATER) + unfixable(LATER),
        STILL,
    ),
    Pair(
        "six-fixed-five-new",
        "Six are fixed, and five came in with an old package.",
        GOOD[0],
        GOOD[1] + [finding(HOSTS[0], f"CVE-2022-000{number}", "0:2-1", LATER) for number in range(5)],
        frozenset({"FIND-3"}),
    ),
    Pair(
        "rated-up",
        "Fewer findings; those with a fix that remain are CRITICAL now.",
        GOOD[0] + [MILD],
        GOOD[1] + [MILD | {"severity": "CRITICAL", "updatedAt": LATER}],
        frozenset({"FIND-2", "FIND-4", "FIND-5"}),
        good=GOOD[1] + [MILD | {"status": "CLOSED", "updatedAt": LATER}],
    ),
    Pair(
        "other-account",
        "The later file is of another account, and a small one.",
        GOOD[0],
        unfixable(LATER, awsAccountId=FOREIGN, findingArn=f"arn:aws:inspector2:us-east-1:{FOREIGN}:finding/1"),
        refused=f"is of account {FOREIGN}",
    ),
    Pair(
        "breaks-off", "The later file ends in the middle of a finding.", *GOOD, refused="is cut off within", spoil=half
    ),
    Pair(
        "swapped-files",
        "It got worse, and the files are in the wrong order: it seems better.",
        fixable(LATER) + unfixable(LATER),
        unfixable(),
        refused="before the baseline",
    ),
    Pair(
        "narrowed-second-export",
        "The later file was filtered: it holds what has no fix, and nothing says that the rest is gone.",
        GOOD[0],
        unfixable(LATER),
        errors=ABSENT,
    ),
    Pair(
        "query-list-one-page",
        "--query left a bare list of the first page: the rest looks fixed.",
        GOOD[0],
        unfixable(LATER),
        errors=ABSENT,
        form=lambda rows: rows,
    ),
    Pair(
        "cut-csv-like-lines",
        "One finding a line, and the lines of what is still there are missing.",
        GOOD[0],
        fixed(LATER)[1:] + unfixable(LATER),
        errors=ABSENT,
        form=lambda rows: "\n".join(map(json.dumps, rows)),
    ),
    Pair(
        "severity-filtered",
        "The later file was asked for HIGH findings alone: what is LOW, and has no fix, is not gone.",
        GOOD[0] + LOW,
        GOOD[1],
        errors=ABSENT,
        good=GOOD[1] + LOW_LATER,
    ),
    Pair(
        "type-filtered",
        "The later file was asked for package findings alone: no patch closed the ports.",
        GOOD[0] + PORTS,
        GOOD[1],
        errors=ABSENT,
        good=GOOD[1] + PORTS_LATER,
    ),
    Pair(
        "languages-not-inspected",
        "Deep inspection no longer finds the JAR: no patch replaced it.",
        GOOD[0] + JARS,
        GOOD[1],
        errors=ABSENT,
        good=GOOD[1] + [JARS[0] | {"updatedAt": LATER}],
    ),
    Pair(
        "all-that-cannot-be-fixed-left-out",
        "The later file was asked for findings with a fix: what has none is the only progress.",
        GOOD[0],
        fixable(LATER)[1:] + fixed(LATER)[:1],
        frozenset({"FIND-4", "FIND-5"}),
        ABSENT - {"FIND-4", "FIND-5"},
        good=GOOD[1],
    ),
    Pair(
        "closed-last-month",
        "The CLOSED rows are of findings that were closed last month, and open again when the baseline was exported.",
        GOOD[0],
        fixable(BEFORE - 2_000_000, status="CLOSED", findingArn="") + unfixable(LATER),
        errors=ABSENT,
        good=GOOD[1] + fixable(BEFORE - 2_000_000, status="CLOSED", findingArn=""),
    ),
    Pair(
        "filtered-by-version",
        "Both files were asked for one version of curl: an update that fixes nothing takes a finding off that list.",
        recorded(GOOD[0], **VERSION),
        recorded(unfixable(LATER), **VERSION),
        errors=ABSENT,
        good=recorded(GOOD[1], **VERSION),
        form=lambda rows: rows,
    ),
    Pair(
        "hidden-and-left-out",
        "The findings are suppressed now, and the later file was asked for active and closed ones.",
        GOOD[0],
        fixed(LATER)[:5] + unfixable(LATER),
        errors=ABSENT,
    ),
    Pair(
        "recorded-other-filter",
        "The later file was asked for CRITICAL findings alone, and its recorded request says so.",
        recorded(GOOD[0], **asking("ACTIVE")),
        recorded(unfixable(LATER), **asking("ACTIVE", severity="CRITICAL")),
        refused="Export both files with the same filter",
        good=recorded(unfixable(LATER), **asking("ACTIVE")),
        form=lambda rows: rows,
    ),
    Pair(
        "recorded-other-region",
        "The later file was asked for in another region, as its recorded addresses say.",
        [page | {"uri": "https://inspector2.us-east-1.amazonaws.com/findings/list"} for page in recorded(GOOD[0])],
        [page | {"uri": "https://inspector2.eu-west-1.amazonaws.com/findings/list"} for page in recorded(GOOD[1])],
        refused="Export both files with the same filter",
        good=[page | {"uri": "https://inspector2.us-east-1.amazonaws.com/findings/list"} for page in recorded(GOOD[1])],
        form=lambda rows: rows,
    ),
    Pair(
        "page-in-the-middle-missing",
        "Of three recorded pages the second, with what is still there, is missing.",
        recorded(GOOD[0]),
        recorded(unfixable(LATER)[:1] + fixable(LATER) + unfixable(LATER)[1:], 1, 7)[::2],
        refused="no further page follows",
        good=recorded(unfixable(LATER), 1),
        form=lambda rows: rows,
    ),
    Pair(
        "page-of-another-filter",
        "The second page continues the first with a narrower filter.",
        recorded(GOOD[0], **asking("ACTIVE")),
        recorded(unfixable(LATER), 1, **asking("ACTIVE"))[:1]
        + recorded(unfixable(LATER), 1, **asking("ACTIVE", severity="CRITICAL"))[1:],
        refused="a list that was asked for differently",
        good=recorded(unfixable(LATER), 1, **asking("ACTIVE")),
        form=lambda rows: rows,
    ),
    Pair(
        "page-of-another-region",
        "The second page is of another region: the first list goes on where nobody looked.",
        GOOD[0],
        [
            {"findings": GOOD[1], "nextToken": "t"},
            {"findings": unfixable(LATER, findingArn=OTHER_REGION)},
        ],
        refused="is of region eu-west-1",
        good=[{"findings": GOOD[1][:4], "nextToken": "t"}, {"findings": GOOD[1][4:]}],
        form=lambda rows: rows,
    ),
    Pair(
        "terminated-host-closed",
        "A host was terminated, and Inspector closed all its findings: also its open port.",
        GOOD[0] + PORTS,
        [
            row | {"status": "CLOSED" if row["resources"][0]["id"] == HOSTS[0] else row["status"]}
            for row in GOOD[1] + PORTS_LATER
        ],
        frozenset({"SCAN-3"}),
        good=GOOD[1] + PORTS_LATER,
    ),
    *(
        Pair(
            f"damaged-{name}",
            f"The later file holds {defect}.",
            *GOOD,
            refused=words,
            spoil=replaced(b'"severity": "HIGH"', b'"severity": "HIGH", ' + more),
        )
        for name, defect, more, words in (
            ("names-twice", "one severity twice", b'"severity": "LOW"', "'severity' stands twice"),
            ("nan", "a score that is no number", b'"inspectorScore": NaN', "NaN is not JSON"),
            ("half-a-character", "half a character", b'"remarks": "\\ud800"', "a lone surrogate"),
        )
    ),
)
# What looks wrong at first, and is none: the newest state of one ARN counts, and a JAR is judged by itself.
GREEN = {
    "appended-active-then-closed": (GOOD[0], fixable(LATER - 3_600) + GOOD[1]),
    "os-and-jar-same-cve": (GOOD[0] + JARS, GOOD[1] + [JARS[0] | {"updatedAt": LATER}]),
}
