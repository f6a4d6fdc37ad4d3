"""What the later of two files does not show: a finding that is absent from it is not always one that is gone.

Inspector keeps a closed finding for 30 days as CLOSED, and for 3 days if its host was terminated or is no longer
scanned: all findings of that host are closed then, whatever their kind (Amazon Inspector user guide, "Understanding
Amazon Inspector findings"). So a CLOSED row proves that a finding is gone. Without one, the later file may just hold
less than there is: it was filtered, or cut between two pages. Where both files recorded that they were asked for alike,
and hold every page, absence is proof too.
"""

from dataclasses import dataclass, replace

from postpatch.model import Judgement, Manifest
from postpatch.translation.request import same_request, shows_all_that_is_left
from postpatch.verdict.beyond import WITHOUT_FIX
from postpatch.verdict.database import IDENTITY, Database
from postpatch.verdict.facts import count

# The command that settles it: CLOSED shows what is gone, SUPPRESSED what is only hidden.
EXPORT = (
    "aws inspector2 list-findings --filter-criteria "
    '\'{"findingStatus":[{"comparison":"EQUALS","value":"ACTIVE"},{"comparison":"EQUALS","value":"CLOSED"},'
    '{"comparison":"EQUALS","value":"SUPPRESSED"}]}\' --output json > FILE'
)

# Each finding of the baseline by its outcome; `absent`: the later file has no row of it, and its host has some.
_OUTCOME = f"""
    SELECT {IDENTITY}, d.part, d.found_part, d.severity_before AS severity, d.class AS outcome,
           d.class = 'fixed' AND NOT d.is_closed AS absent, bool_and(b.beyond) AS beyond
    FROM delta d JOIN baseline b USING ({IDENTITY})
    WHERE d.was_active AND b.status = 'ACTIVE' AND d.part IN ('any', b.part)
    GROUP BY ALL
"""
# The columns of `outcome` by which a class of findings may vanish as a whole, those of a row that shows it is there,
# and the class in words.
_CLASSES = (
    ("severity", "severity", "severity_before", "of severity {}"),
    ("type", "type", "type", "of type {}"),
    ("account", "account", "account", "of account {}"),
    ("region", "region", "region", "of region {}"),
    ("found_part", "part", "found_part", "of {} packages"),
)
_NOT_SEEN_AGAIN = "class = 'fixed' AND NOT is_closed"


@dataclass(frozen=True)
class Absence:
    """The baseline's findings that the later file does not show, without a CLOSED row, where that proves nothing.

    `total` is their number, `fixable` that of those patching could have removed, and `classes` say in words of which
    findings the later file shows none at all. `doubtful`: they are no progress, since the file may hold less than
    there is.
    """

    total: int = 0
    fixable: int = 0
    classes: tuple[str, ...] = ()
    doubtful: bool = False

    def settle(self, judgement: Judgement, *, doubted: bool) -> Judgement:
        """Return the judgement, or, if it holds and is `doubted`, one that was not checked and says what to do."""
        if not (judgement.holds and doubted):
            return judgement
        return replace(judgement, holds=False, checked=False, reason=self._reason)

    @property
    def _reason(self) -> str:
        absent = f"{count(self.total, 'finding')} of the baseline {'is' if self.total == 1 else 'are'} absent"
        none = f"; it shows no finding {' and none '.join(self.classes)}" if self.classes else ""
        return (
            f"Export the findings again with the closed ones, and name that file with --after: {EXPORT}. {absent} from "
            f"the later file, and no CLOSED row proves that patching removed them{none}"
        )


def _forget_closed_before(db: Database) -> None:
    """Forget the CLOSED rows of the later file that are older than an ACTIVE row of the baseline: it was open again.

    Inspector keeps closed findings for a while, and one that comes back may have another ARN.
    """
    same = " AND ".join(f"b.{name} = a.{name}" for name in (*IDENTITY.split(", "), "part"))
    db.change(
        "DELETE FROM after a WHERE a.status = 'CLOSED' AND EXISTS (SELECT 1 FROM baseline b "
        f"WHERE b.status = 'ACTIVE' AND {same} AND b.updated_at > a.updated_at)"
    )


def hosts_gone(db: Database) -> frozenset[str]:
    """Return the hosts of which the later file holds closed findings alone, also such as no patch closes.

    CLOSED rows that are older than what the baseline shows are forgotten first.
    """
    _forget_closed_before(db)
    select = f"""
        SELECT DISTINCT b.host FROM baseline b
        WHERE b.status = 'ACTIVE' AND {WITHOUT_FIX}
          AND EXISTS (SELECT 1 FROM after a WHERE a.host = b.host)
          AND NOT EXISTS (SELECT 1 FROM after a WHERE a.host = b.host AND a.status <> 'CLOSED')
    """
    return frozenset(host for (host,) in db.query(select))


def absence(db: Database, baseline: Manifest, after: Manifest) -> Absence:
    """Return what the later file does not show; in the delta, classes that it may not hold become not comparable.

    A severity, type, account, region or kind of package that vanished as a whole is not comparable if members vanished
    with it that patching cannot remove, and so are all of these members where every one of them vanished.
    """
    if same_request(baseline.asked, after.asked) and shows_all_that_is_left(after.asked):
        return Absence()
    db.change(f"CREATE TABLE outcome AS {_OUTCOME}")
    (total, fixable) = next(db.query("SELECT COUNT(*), COUNT(*) FILTER (WHERE NOT beyond) FROM outcome WHERE absent"))
    if not total:
        return Absence()
    classes = [*_vanished(db)]
    if _all_beyond_vanished(db):
        classes.append("that patching cannot remove")
        same = " AND ".join(f"o.{name} = delta.{name}" for name in (*IDENTITY.split(", "), "part"))
        db.change(
            f"UPDATE delta SET class = 'not_comparable', comparable = FALSE WHERE {_NOT_SEEN_AGAIN} "
            f"AND EXISTS (SELECT 1 FROM outcome o WHERE o.absent AND o.beyond AND {same})"
        )
    return Absence(
        total, fixable, tuple(classes), doubtful=bool(classes) or not after.whole or _nothing_fixable_left(db)
    )


def _vanished(db: Database) -> list[str]:
    found = []
    for column, shown, in_delta, words in _CLASSES:
        select = f"""
            SELECT {column}, bool_or(beyond) FROM outcome
            WHERE absent AND {column} NOT IN (SELECT {shown} FROM after) GROUP BY {column} ORDER BY {column}
        """
        for value, suspicious in list(db.query(select)):
            found.append(words.format(value))
            if suspicious:
                db.change(
                    "UPDATE delta SET class = 'not_comparable', comparable = FALSE "
                    f"WHERE {_NOT_SEEN_AGAIN} AND {in_delta} = ?",
                    value,
                )
    return found


def _all_beyond_vanished(db: Database) -> bool:
    select = """
        SELECT COUNT(*) FILTER (WHERE absent), COUNT(*) FILTER (WHERE NOT absent) FROM outcome
        WHERE beyond AND outcome NOT IN ('not_scanned', 'host_gone')
    """
    absent, shown = next(db.query(select))
    return bool(absent) and not shown


def _nothing_fixable_left(db: Database) -> bool:
    select = """
        SELECT COUNT(*) FILTER (WHERE absent), COUNT(*) FILTER (WHERE outcome = 'remaining') FROM outcome
        WHERE NOT beyond
    """
    absent, left = next(db.query(select))
    return bool(absent) and not left
