"""The relations that the SQL of a fleet reads, made by Spark from the files of packs.

They are those of `verdict/database.py` and `fleet/on_duckdb.py`, in Spark's own SQL: what only one engine can say is in
these files, and what decides is in `delta.sql`, `concerns.sql` and `differences.sql`, which all engines run.
Each of them compares the rows of one host with each other, so that every relation is made in partitions by host.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from postpatch.verdict.comparability import ComparedHost
from postpatch.verdict.database import AGE, DELTA, NAMES, NEWEST

# Of a snapshot's fields those that the SQL reads.
_FINDING = """
    account STRING, region STRING, host STRING, type STRING, vulnerability STRING, status STRING, severity STRING,
    title STRING, protocol STRING, port_begin INT, port_end INT, package STRING, updated_at STRING, arn STRING,
    packages ARRAY<STRUCT<name: STRING, manager: STRING>>, related ARRAY<STRING>
"""
_OUTCOME = (
    "account", "region", "host", "type", "vulnerability", "protocol", "port_begin", "port_end", "package", "class",
    "severity_before", "severity_after", "comparable", "cause",
)  # fmt: skip
# The host's name begins with the number of its pack, so that what is of two packs is never compared. It is never NULL:
# where a filter asks that a column is not, Spark's UNION no longer knows that its rows are in partitions by it.
_APART = "CONCAT_WS('/', CAST(pack AS STRING), host)"
_BY_HOST = "SELECT /*+ REPARTITION(host) */ * FROM ({0})"
_SNAPSHOT = f"""
    SELECT account, region, {_APART} AS host, type, vulnerability, status, severity, title, protocol,
           port_begin, port_end, package, updated_at, arn, related,
           CASE WHEN SIZE(packages) = 0 OR EXISTS(packages, one -> one.manager IN ('OS', ''))
                THEN 'system' ELSE 'language' END AS part
    FROM {{rows}}
"""  # noqa: S608 - its own names
_NEWEST = f"""
    SELECT * EXCEPT (age) FROM (SELECT *, {AGE} FROM ({_BY_HOST.format(_SNAPSHOT)})) WHERE {NEWEST}
"""  # noqa: S608 - its own names
_DERIVED = f"SELECT CAST(SUBSTRING_INDEX(host, '/', 1) AS INT) AS pack, * FROM ({DELTA})"  # noqa: S608
_NAMED = "SELECT account, region, host, type, vulnerability, EXPLODE(packages.name) AS package FROM {rows}"
_HOST = "host: STRING, " + ", ".join(
    f"{name}: BOOLEAN" for name in ComparedHost.__dataclass_fields__ if name != "host"
)  # a field that it gains is a column here at once
_WILD = frozenset("[]{}*?\\")  # what Hadoop takes for a pattern in a path

Session = Any  # pyspark is an extra, whose types are not there where these are checked


def outcome(
    spark: Session, files: Mapping[int, str], headers: Mapping[int, Sequence[str]], *, apart: bool = False
) -> None:
    """Have the rows of each `delta.csv` as `outcome`, as text; files and their columns are by the pack's number.

    `apart`: a host is called as in `derived`, with its pack.
    """
    relation: Any = None
    for header in sorted({tuple(one) for one in headers.values()}):
        alike = {number: file for number, file in files.items() if tuple(headers[number]) == header}
        # Spark takes a column by its place: what has other columns is read by itself.
        schema = ", ".join(f"`{name}` STRING" for name in header)
        reader = spark.read.schema(schema).option("mode", "FAILFAST").option("escape", '"')
        rows = reader.csv([_escaped(file) for file in alike.values()], header=True, multiLine=True)
        rows = _numbered(spark, rows, alike).select("pack", *_OUTCOME)
        relation = rows if relation is None else relation.unionByName(rows)
    if apart:
        relation = relation.selectExpr("pack", f"{_APART} AS host", *(name for name in _OUTCOME if name != "host"))
    relation.createOrReplaceTempView("outcome_row")
    spark.sql(_BY_HOST.format("TABLE outcome_row")).createOrReplaceTempView("outcome")


def named_package(spark: Session, files: Mapping[int, str]) -> None:
    """Have the names of the packages that each later snapshot names as `named_package`."""
    _rows(spark, files).createOrReplaceTempView("after_row")
    spark.sql(_BY_HOST.format(_NAMED.format(rows="after_row"))).createOrReplaceTempView("named_package")


def derived(
    spark: Session, baselines: Mapping[int, str], afters: Mapping[int, str], hosts: Iterable[tuple[int, ComparedHost]]
) -> list[Any]:
    """Have the deltas of all packs as `derived`; return the relations that are kept until their `unpersist`."""
    kept = []
    for name, files in (("baseline", baselines), ("after", afters)):
        _numbered(spark, _rows(spark, files), files).createOrReplaceTempView(f"{name}_row")
        # Kept by the workers: a gzip file is read by one task, and the delta reads each snapshot several times.
        rows = spark.sql(_NEWEST.format(rows=f"{name}_row")).persist()
        rows.createOrReplaceTempView(name)
        names = NAMES.format(rows=name, each="EXPLODE", is_update="RLIKE '^KB[0-9]+$'")
        spark.sql(names).createOrReplaceTempView(f"{name}_name")
        kept.append(rows)
    every = ({**vars(host), "host": f"{pack}/{host.host}"} for pack, host in hosts)
    _table(spark, every, _HOST).createOrReplaceTempView("compared_host")
    spark.sql(_DERIVED).createOrReplaceTempView("derived")
    return kept


def _rows(spark: Session, files: Mapping[int, str]) -> Any:
    reader = spark.read.schema(_FINDING).option("mode", "FAILFAST").option("lineSep", "\n").option("encoding", "UTF-8")
    return reader.json([_escaped(file) for file in files.values()])


def _numbered(spark: Session, rows: Any, files: Mapping[int, str]) -> Any:
    from pyspark.sql.functions import broadcast, expr

    numbers = _table(spark, ({"pack": pack, "file": file} for pack, file in files.items()), "pack: INT, file: STRING")
    # A file's address has each character that is no letter as %XX, except +, which URL_DECODE would take for a space.
    file = expr("URL_DECODE(REPLACE(_metadata.file_path, '+', '%2B'))")
    return rows.withColumn("file", file).join(broadcast(numbers), "file").drop("file")


def _table(spark: Session, rows: Iterable[Mapping[str, Any]], schema: str) -> Any:
    """Return a relation of rows that this process has; as JSON, for rows of Python the workers would need Python."""
    return spark.sql(f"SELECT INLINE(FROM_JSON(:rows, 'ARRAY<STRUCT<{schema}>>'))", args={"rows": json.dumps([*rows])})


def _escaped(file: str) -> str:
    return "".join(f"\\{one}" if one in _WILD else one for one in file)
