"""The causes of active findings as a relation: settled once a description, by host only where the host decides."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache

from postpatch.model import APPEARED, DeltaClass
from postpatch.verdict.causes.cause import cause_of
from postpatch.verdict.causes.kinds import ORDER, Kind, Proof, kind_of, proof_of
from postpatch.verdict.causes.story import HostStory
from postpatch.verdict.database import IDENTITY
from postpatch.verdict.delta import RATED_DOWN, Delta
from postpatch.verdict.listed import Listed

SETTLED = (DeltaClass.REMAINING, DeltaClass.RENAMED, *APPEARED)
_OWN = {"description": "INTEGER", "kind": "VARCHAR", "proof": "VARCHAR", "again": "VARCHAR"}
_OF_HOST = {"id": "BIGINT", "kind": "VARCHAR", "proof": "VARCHAR"}
_AT_ONCE = 5_000
_RANKS = " ".join(f"WHEN '{kind.value}' THEN {place}" for place, kind in enumerate(ORDER))
_CLASSES = ", ".join(f"'{one.value}'" for one in SETTLED)
# By the later snapshot's finding, or the stricter of both where they contradict each other, or by the host's story.
_EXPLAINED = f"""
    CREATE TABLE {{name}} AS
    SELECT *, ROW_NUMBER() OVER (PARTITION BY place, part ORDER BY CASE kind {_RANKS} END DESC, id) = 1 AS counts
    FROM (
      SELECT l.id, l.place, l.part, l.class, l.description, l.host, COALESCE(r.severity, '') AS rated,
             CASE WHEN c.id IS NOT NULL AND own.again <> '' THEN '{Kind.CONTRADICTED}'
                  ELSE COALESCE(h.kind, own.kind) END AS kind,
             CASE WHEN c.id IS NOT NULL AND own.again <> '' THEN own.again
                  ELSE COALESCE(h.proof, own.proof) END AS proof
      FROM {{listed}} l
      JOIN {{own}} own ON own.description = l.description
      LEFT JOIN {{of_host}} h ON h.id = l.id
      LEFT JOIN ({{contradicted}}) c ON c.id = l.id
      LEFT JOIN ({{rated}}) r ON r.place = l.place AND l.class NOT IN ('new', 'resurfaced')
      WHERE l.side = 'after' AND l.class IN ({_CLASSES})
    )
"""
# The baseline named a fix for a package, and now there is none: the vendor withdrew it, or Inspector reports it wrongly
# in one of the snapshots, and neither explains anything.
_CONTRADICTED = """
    SELECT DISTINCT n.id FROM {listed} b JOIN {listed} n ON n.place = b.place
    JOIN description x ON x.description = b.description JOIN description y ON y.description = n.description
    WHERE b.side = 'before' AND n.side = 'after' AND n.class IN ('remaining', 'renamed')
      AND list_has_any(x.fixable, y.unfixable)
"""
_RATED = f"""
    SELECT m.place, MAX(t.severity_before) AS severity FROM ({RATED_DOWN}) t JOIN delta m USING ({IDENTITY})
    GROUP BY m.place
"""


def settle_all(delta: Delta, stories: Mapping[str, HostStory], clears_new: frozenset[Kind]) -> str:
    """Settle each finding that remains or is new, and return the name of the relation: a row for each finding.

    Its columns are those of `listed`, `kind` and `proof`, `rated` (a worse rating of the baseline, or nothing), and
    `counts`: whether it is the least explained of its identity. A new finding has its host's cause only if that is one
    of `clears_new`.
    """
    listed = delta.listed
    own, of_host = listed.table("own", _OWN), listed.table("of_host", _OF_HOST)
    rows = [*_by_description(listed)]
    patchable = frozenset(number for number, kind, *_ in rows if kind == Kind.PATCHABLE)
    listed.fill(own, _OWN, rows)
    if patchable and stories:
        _settle_by_host(listed, of_host, patchable, stories, clears_new)
    name = listed.name("explained")
    relations = {"name": name, "listed": listed.relation, "own": own, "of_host": of_host}
    contradicted = _CONTRADICTED.format(listed=listed.relation)
    listed.change(_EXPLAINED.format(contradicted=contradicted, rated=_RATED, **relations))
    return name


def _by_description(listed: Listed) -> Iterator[tuple[int, str, str, str]]:
    # With what its own fields say, and what they say where the baseline had a fix and now there is none.
    for number, finding in listed.descriptions(*SETTLED):
        kind, proof = kind_of(finding), proof_of(finding)
        again = "" if kind is Kind.PATCHABLE else _text((("in the baseline", "a fix"), *proof))
        yield number, kind.value, _text(proof), again


def _settle_by_host(
    listed: Listed,
    of_host: str,
    patchable: frozenset[int],
    stories: Mapping[str, HostStory],
    clears_new: frozenset[Kind],
) -> None:
    named = listed.table("story", {"host": "VARCHAR"})
    listed.fill(named, {"host": "VARCHAR"}, [(host,) for host in stories])
    wanted = listed.table("patchable", {"description": "INTEGER"})
    listed.fill(wanted, {"description": "INTEGER"}, [(number,) for number in patchable])
    joined = f"SEMI JOIN {wanted} w ON w.description = l.description SEMI JOIN {named} s ON s.host = l.host"
    where = f"l.side = 'after' AND l.class IN ({_CLASSES})"
    found: list[tuple[int, str, str]] = []
    for finding, (number, became) in listed.rows("l.id, l.class", joined, where):
        kind, proof = cause_of(finding, stories[finding.host])
        if became not in APPEARED or kind in clears_new:
            found.append((number, kind.value, _text(proof)))
        if len(found) == _AT_ONCE:
            listed.fill(of_host, _OF_HOST, found)
            found = []
    listed.fill(of_host, _OF_HOST, found)


def _text(proof: Proof) -> str:
    return json.dumps(proof, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=8192)
def proof_in(text: str) -> Proof:
    """Return a proof that the relation has as text."""
    return tuple((name, value) for name, value in json.loads(text))
