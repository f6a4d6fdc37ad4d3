"""Packs of generated findings: every status, kind of finding, cause of a difference and repeated row, in any number.

The rows are made and the `delta.csv` is derived by DuckDB, pack by pack, so that this is what Spark is compared with.
"""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from postpatch.evidence.kept import keep
from postpatch.model import Manifest, Mode, ScannedHost, Scanning, Scope, Snapshot
from postpatch.verdict.delta import Delta

_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
# Of row r: its host, its vulnerability, and a number below 100 that decides what becomes of it.
_NUMBERS = """
    SELECT r, r % {hosts} AS h, r // {hosts} AS v, (r * 7919 + r // 97) % 100 AS k FROM range({first}, {last}) AS t(r)
"""
_KIND = """
    CASE v % 20 WHEN 0 THEN 'NETWORK_REACHABILITY' WHEN 1 THEN 'CONFIGURATION' ELSE 'PACKAGE_VULNERABILITY' END
"""
# A KB has another id afterwards, and one of the CVEs that it had before.
_VULNERABILITY = """
    CASE v % 20 WHEN 0 THEN '' WHEN 1 THEN printf('1.%d', v) WHEN 3 THEN printf('KB%d', {kb} + v)
                WHEN 6 THEN printf('=CVE-2026-%05d', v) ELSE printf('CVE-2026-%05d', v) END
"""
_STATUS = {
    "baseline": "CASE WHEN k < 4 THEN 'SUPPRESSED' WHEN k < 6 THEN 'CLOSED' ELSE 'ACTIVE' END",
    "after": """CASE WHEN k BETWEEN 30 AND 60 THEN 'CLOSED' WHEN k BETWEEN 61 AND 64 THEN 'SUPPRESSED'
                     WHEN k = 65 AND v % 20 = 1 THEN 'SKIPPED' ELSE 'ACTIVE' END""",
}
_PACKAGE = (
    "{{'name': printf('{0}-%d', v % 300), 'version': '1.2', 'epoch': 0, 'release': '3', 'arch': 'X86_64', "
    "'manager': '{1}', 'file_path': '', 'fixed_in': '1.3', 'remediation': ''}}"
)
_SYSTEM, _LANGUAGE = _PACKAGE.format("lib", "OS"), _PACKAGE.format("mod-µ", "PYTHON")
_ROW = """
    SELECT '{account}' AS account, 'eu-west-1' AS region, printf('i-%017x', h) AS host, {kind} AS type,
           {vulnerability} AS vulnerability, {status} AS status,
           ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNTRIAGED'][1 + (v + {shift} * (k % 7 = 0)::INT) % 6]
             AS severity,
           printf('Finding %d, "quoted"', v) AS title, CASE v % 20 WHEN 0 THEN 'TCP' ELSE '' END AS protocol,
           CASE v % 20 WHEN 0 THEN v ELSE -1 END AS port_begin, CASE v % 20 WHEN 0 THEN v + 1 ELSE -1 END AS port_end,
           '' AS package, '2026-11-20T11:00:00.000000Z' AS updated_at,
           CASE WHEN v % 20 < 2 THEN [] WHEN v % 20 = 4 THEN [{language}] WHEN v % 20 = 5 THEN [{system}, {language}]
                ELSE [{system}] END AS packages,
           printf('arn:aws:inspector2:eu-west-1:{account}:finding/%032x', r) AS arn,
           CASE v % 20 WHEN 3 THEN [printf('CVE-2025-%05d', v)] ELSE []::VARCHAR[] END AS related, r, v
    FROM ({numbers}) WHERE {there}
"""
# Rows that repeat: an older state of the same ARN, a row without an ARN, and the same flaw in a language's package.
_ROWS = """
    WITH made AS ({row})
    SELECT * EXCLUDE (r, v) FROM made
    UNION ALL SELECT * EXCLUDE (r, v) REPLACE ('CLOSED' AS status, '2026-11-19T11:00:00.000000Z' AS updated_at)
      FROM made WHERE r % 101 = 0
    UNION ALL SELECT * EXCLUDE (r, v) REPLACE ('' AS arn, 'LOW' AS severity) FROM made WHERE r % 89 = 0
    UNION ALL SELECT * EXCLUDE (r, v) REPLACE ('' AS arn, [{language}] AS packages) FROM made
      WHERE v % 20 = 7 AND r % 3 = 0
"""
_DELTA_CSV = """
    COPY (SELECT account, region, host, type,
                 CASE WHEN vulnerability[1] = '=' THEN '''' || vulnerability ELSE vulnerability END AS vulnerability,
                 protocol, CASE WHEN port_begin < 0 THEN '' ELSE port_begin::VARCHAR END AS port_begin,
                 CASE WHEN port_end < 0 THEN '' ELSE port_end::VARCHAR END AS port_end, package, title, class,
                 severity_before, severity_after, CASE WHEN comparable THEN 'yes' ELSE 'no' END AS comparable,
                 CASE WHEN class IN ('remaining', 'renamed')
                      THEN ['no_fix', 'held_back', 'patchable'][1 + len(vulnerability) % 3] ELSE '' END AS cause
          FROM delta) TO '{0}' (FORMAT csv, HEADER)
"""


def make_packs(folder: Path, rows: int, packs: int) -> list[Path]:
    """Write packs with about `rows` rows in the two snapshots of all of them together."""
    every = rows // packs // 2
    return [_make(folder / f"it's [{number}] +µ {{x}}", every, f"{number:012}") for number in range(packs)]


def _make(pack: Path, rows: int, account: str) -> Path:
    (pack / "evidence").mkdir(parents=True)
    hosts = max(rows // 500, 20)
    before = _snapshot(pack, "baseline", account, hosts, (0, rows), "k < 90 OR v % 20 = 2")
    # A tenth of the rows is new, a tenth was not there any more, and of the others a third vanished.
    after = _snapshot(pack, "after", account, hosts, (rows // 10, rows + rows // 10), "k NOT BETWEEN 0 AND 29")
    with Delta(before, after) as delta:
        delta._db.change(_DELTA_CSV.format(str(pack / "delta.csv").replace("'", "''")))
    return pack


def _snapshot(pack: Path, name: str, account: str, hosts: int, rows: tuple[int, int], there: str) -> Snapshot:
    path, later = pack / "evidence" / f"{name}.ndjson.gz", name == "after"
    row = _ROW.format(
        account=account, kind=_KIND, vulnerability=_VULNERABILITY.format(kb=6_000_000 if later else 5_000_000),
        status=_STATUS[name], shift=int(later), system=_SYSTEM, language=_LANGUAGE, there=there,
        numbers=_NUMBERS.format(hosts=hosts, first=rows[0], last=rows[1]),
    )  # fmt: skip
    to = str(path).replace("'", "''")
    with duckdb.connect(config={"memory_limit": "2GB", "threads": 2}) as database:
        ((written,),) = database.execute(
            f"COPY ({_ROWS.format(row=row, language=_LANGUAGE)}) TO '{to}' (FORMAT json, COMPRESSION gzip)"
        ).fetchall()
    covered = tuple(_host(number, later=later) for number in range(hosts))
    manifest = Manifest(
        mode=Mode.LIVE, engine="inspector2", account=account, region="eu-west-1", scope=Scope("tag", ("x",), "k"),
        caller="", started_at=_NOON, taken_at=_NOON, tool="", hosts=covered,
        scanning=Scanning(deep_inspection="ACTIVATED"), rows=written,
    )  # fmt: skip
    made = Snapshot(path, manifest)
    keep(pack / "evidence" / f"{name}.json", made, Snapshot)
    return made


def _host(number: int, *, later: bool) -> ScannedHost:
    return ScannedHost(
        f"i-{number:017x}",
        present=not (later and number % 17 == 0),
        scanned=number % 13 != 0 or not later,
        cis_scanned=number % 5 != 0,
        mode="EC2_AGENTLESS" if later and number % 11 == 0 else "EC2_SSM_AGENT_BASED",
        unchanged=later and number % 7 == 0,
    )
