"""Read the findings and CIS checks of a fleet: `python bench/reading.py bare|kept URL HOSTS FOLDER`.

`bare` is what anyone would write: boto3's paginators, each page dropped. `kept` is the suite: a snapshot on disk.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import boto3

from bench.rows import ACCOUNT, REGION, SCAN, host_id

# Of the usual form, so that they are sought in each answer as real ones are; nothing checks them.
ACCESS_KEY, SECRET = "AKIAQ7Z3VX9W2K8J4LPD", "Zq3xVw9kRt7Yp2Lm8Nb4Hc6Jd1Fs5Gu0AeWoXiKy"
_A_FILTER = 10  # botocore shape StringFilterList


def session() -> boto3.Session:
    """Return a session with the credentials of the bench."""
    return boto3.Session(ACCESS_KEY, SECRET, region_name=REGION)


def bare(url: str, hosts: int) -> int:
    """Read all pages and keep nothing; return how many rows there were."""
    client, rows = session().client("inspector2", endpoint_url=url), 0
    findings = client.get_paginator("list_findings")
    owned = [{"comparison": "EQUALS", "value": ACCOUNT}]
    statuses = [{"comparison": "EQUALS", "value": status} for status in ("ACTIVE", "SUPPRESSED", "CLOSED")]
    for first in range(0, hosts, _A_FILTER):
        batch = range(first, min(first + _A_FILTER, hosts))
        ids = [{"comparison": "EQUALS", "value": host_id(number)} for number in batch]
        criteria = {"awsAccountId": owned, "resourceId": ids, "findingStatus": statuses}
        for page in findings.paginate(filterCriteria=criteria, maxResults=100):
            rows += len(page["findings"])
    checks = client.get_paginator("get_cis_scan_result_details")
    for host in map(host_id, range(hosts)):
        for page in checks.paginate(scanArn=SCAN, targetResourceId=host, accountId=ACCOUNT):
            rows += len(page["scanResultDetails"])
    return rows


def kept(url: str, hosts: int, folder: Path) -> int:
    """Read all pages as the suite does, and keep them in a snapshot; return how many rows it has."""
    from postpatch.aws import cis, inspector_v2
    from postpatch.aws.session import Connection
    from postpatch.evidence.snapshot import write_snapshot
    from postpatch.model import Host, Manifest, Mode, Scope
    from postpatch.translation.row import Row

    connection = Connection(session(), endpoint_url=url, read_only=True)
    ids = [host_id(number) for number in range(hosts)]

    def rows() -> Iterator[Row]:
        yield from inspector_v2.findings(connection, ACCOUNT, [Host(one) for one in ids])
        yield from cis.checks(connection, SCAN, ACCOUNT, ids)

    now = datetime.now(UTC)
    scope = Scope("tag", ("weekly",))
    manifest = Manifest(Mode.LIVE, "inspector2", ACCOUNT, REGION, scope, "", now, now, "bench", ())
    return write_snapshot(folder / "kept.ndjson.gz", rows(), lambda: manifest).manifest.rows


def main(how: str, url: str, hosts: int, folder: Path) -> None:
    """Print how many rows were read."""
    sys.stdout.write(f"{bare(url, hosts) if how == 'bare' else kept(url, hosts, folder)}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
