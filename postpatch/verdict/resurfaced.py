"""Which new findings an earlier run saw fixed, from the packs that are kept.

Inspector cannot say it itself: it reopens a finding that recurs within seven days of being closed, and deletes it 30
days after that, so that a later one is a new finding (Amazon Inspector user guide, "Understanding Amazon Inspector
findings"). What the date of a reopened one is, is not documented.
"""

from collections.abc import Iterable

from postpatch.model import EarlierFix, EarlierRuns
from postpatch.model.round import Round
from postpatch.verdict.database import IDENTITY, READ_DELTA
from postpatch.verdict.delta import Delta

_NAMES = IDENTITY.split(", ")
# A row of delta.csv by its identity, as the delta has it.
_PORTS = ", ".join(f"COALESCE(TRY_CAST({name} AS INTEGER), -1) AS {name}" for name in ("port_begin", "port_end"))
_KEPT = f"""
    SELECT account, region, host, type, vulnerability, protocol, {_PORTS}, package, class
    FROM {READ_DELTA}
"""
# A finding of which one part was in the baseline is not one that came back.
_FIXED_THEN = f"""
    WITH kept AS ({_KEPT})
    SELECT DISTINCT {IDENTITY} FROM delta d
    SEMI JOIN (SELECT * FROM kept WHERE class = 'fixed') USING ({IDENTITY})
    ANTI JOIN (SELECT * FROM kept WHERE class IN ('remaining', 'new', 'resurfaced', 'renamed')) USING ({IDENTITY})
    ANTI JOIN (SELECT * FROM delta WHERE was_active) USING ({IDENTITY})
    WHERE d.class = 'new'
"""


def any_new(delta: Delta) -> bool:
    """Return whether a finding is new, so that an earlier run may have seen it fixed."""
    ((found,),) = delta.query("SELECT COUNT(*) > 0 FROM delta WHERE class = 'new'")
    return bool(found)


def fixed_before(delta: Delta, rounds: Iterable[Round], left_out: Iterable[str]) -> EarlierRuns:
    """Return which new findings the rounds saw fixed, each by the newest round that did.

    A round counts if its findings were read before those of the delta. `left_out` are the kept packs that are no round.
    """
    fixes: dict[tuple[object, ...], EarlierFix] = {}
    read = []
    for one in sorted(rounds, key=lambda one: one.finished_at):
        if one.delta is None or one.after_at is None or one.after_at >= delta.after.taken_at:
            continue
        read.append(one.run)
        for identity in delta.query(_FIXED_THEN, str(one.delta)):
            named = dict(zip(_NAMES, identity, strict=True))
            fixes[identity] = EarlierFix(**named, fixed_at=one.after_at, run=one.run)
    return EarlierRuns(tuple(fixes[identity] for identity in sorted(fixes)), tuple(read), tuple(left_out))
