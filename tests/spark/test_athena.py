"""Athena cannot be run here: a parser of its dialect reads the SQL, and takes it as DuckDB and Spark do."""

from importlib.resources import files

import pytest
import sqlglot
from sqlglot import exp

_TEXTS = {
    "delta": files("postpatch.verdict").joinpath("delta.sql").read_text(encoding="utf-8"),
    "concerns": files("postpatch.fleet").joinpath("concerns.sql").read_text(encoding="utf-8"),
    "differences": files("postpatch.fleet").joinpath("differences.sql").read_text(encoding="utf-8"),
}
_READ = {
    "delta": {"baseline", "after", "baseline_name", "after_name", "compared_host"},
    "concerns": {"outcome", "named_package"},
    "differences": {"outcome", "derived"},
}


@pytest.mark.parametrize("name", _TEXTS)
def test_athena_reads_it(name: str) -> None:
    """The parser knows every function in it, and finds the relations that docs/scale.md says Athena must have."""
    tree = sqlglot.parse_one(_TEXTS[name], read="athena")
    assert not [call.name for call in tree.find_all(exp.Anonymous)]
    named = {cte.alias for cte in tree.find_all(exp.CTE)}
    assert {table.name for table in tree.find_all(exp.Table)} - named == _READ[name]


@pytest.mark.parametrize("name", _TEXTS)
@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
def test_it_means_the_same_in_every_dialect(name: str, dialect: str) -> None:
    """Read as Athena's and written for another engine, it is the text read as that engine's."""
    ours, theirs = (sqlglot.transpile(_TEXTS[name], read=read, write=dialect)[0] for read in ("athena", dialect))
    assert ours == theirs
