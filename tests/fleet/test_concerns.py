"""What concerns most hosts: counted over all packs, each host once, however many findings it has."""

import csv
import gzip
import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.fleet.on_duckdb import OnDuckDB
from postpatch.report.delta_csv import COLUMNS

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2"]), st.sampled_from(["i-1", "i-2"]), st.sampled_from(["CVE-1", "CVE-2", "CVE-3"]),
        st.sampled_from(["remaining", "new", "fixed", "renamed"]), st.sampled_from(["", "no_fix", "held_back"]),
        st.sampled_from(["curl", "vim", "µ-tools"]),
    ),
    max_size=12,
    unique_by=lambda row: row[:3],
)  # fmt: skip


def pack(folder: Path, rows: list[tuple[str, ...]]) -> Path:
    """Write the two files of a pack that are counted."""
    (folder / "evidence").mkdir(parents=True)
    with (folder / "delta.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        for account, host, vulnerability, outcome, cause, _ in rows:
            known = {"account": account, "region": "r", "host": host, "type": "PACKAGE_VULNERABILITY"}
            writer.writerow(known | {"vulnerability": vulnerability, "class": outcome, "cause": cause})
    with gzip.open(folder / "evidence" / "after.ndjson.gz", "wt", encoding="utf-8") as file:
        for account, host, vulnerability, outcome, _, package in rows:
            if outcome != "fixed":
                known = {"account": account, "region": "r", "host": host, "type": "PACKAGE_VULNERABILITY"}
                known |= {"vulnerability": vulnerability, "packages": [{"name": package, "version": "1"}] * 2}
                file.write(json.dumps(known) + "\n")
    return folder


@settings(deadline=None, max_examples=30)  # each loads files into a database
@given(packs=st.lists(ROWS, min_size=1, max_size=3, unique_by=tuple))
def test_hosts_are_counted_once(packs, tmp_path_factory):
    """As a set of hosts in Python counts them; the same account in two packs is the same account."""
    root = tmp_path_factory.mktemp("packs")
    unique = {row[:3]: row for rows in packs for row in rows}
    split: list[list[tuple[str, ...]]] = [[] for _ in packs]
    for number, row in enumerate(unique.values()):
        split[number % len(split)].append(row)
    found = OnDuckDB().concerns([pack(root / str(number), rows) for number, rows in enumerate(split)], most=50)
    active = [row for row in unique.values() if row[3] != "fixed"]
    causes = {cause: {row[:2] for row in active if row[4] == cause} for cause in {row[4] for row in active} - {""}}
    packages = {name: {row[:2] for row in active if row[5] == name} for name in {row[5] for row in active}}
    assert {one.name: one.hosts for one in found.causes} == {name: len(hosts) for name, hosts in causes.items()}
    assert {one.name: one.hosts for one in found.packages} == {name: len(hosts) for name, hosts in packages.items()}
    assert [one.hosts for one in found.packages] == sorted((one.hosts for one in found.packages), reverse=True)


def test_a_pack_without_a_delta_is_left_out(tmp_path):
    """Its findings could not be compared; a name with a quote in it is a name."""
    rows = [("1", "i-1", "CVE-1", "remaining", "no_fix", "it's")]
    found = OnDuckDB().concerns([tmp_path, pack(tmp_path / "it's", rows)], most=1)
    assert [(one.name, one.hosts, one.findings) for one in found.causes] == [("no_fix", 1, 1)]
    assert [one.name for one in found.packages] == ["it's"]
