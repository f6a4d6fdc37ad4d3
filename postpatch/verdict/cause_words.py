"""What went wrong in one sentence: the words of a root cause, with the numbers in it."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from postpatch.model import Fact
from postpatch.verdict import root_causes as groups
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.facts import count, naming
from postpatch.verdict.remaining import Explained
from postpatch.verdict.root_causes import Circumstances, RootCause

# An imperative: it begins with a verb, and with neither an article nor the name of an exception.
_INSTRUCTION = re.compile(r"(?!An? |The )[A-Z][a-z]+ .{1,160}")


@dataclass(frozen=True)
class Known:
    """What the words of a cause are made of: `left` is what FIND-4 fails for, `what_recurs` the window's name."""

    circumstances: Circumstances
    left: tuple[Explained, ...] = ()
    what_recurs: str = "window"


def cause_in_words(cause: RootCause, known: Known) -> str:
    """Return what went wrong, without a period: `nothing was installed on 3 of 3 hosts`."""
    in_words = _WORDS.get(cause.group)
    words = in_words(cause, known) if in_words else ""
    return words or cause.checks[0].reason


def first_to_do(reason: str) -> str:
    """Return the sentence with which the reason of an error begins: what to do first. Nothing if it does not so begin.

    AWS's own words, or Python's name of an exception, are no such sentence.
    """
    first = re.split(r"[.:] |\n", reason)[0].rstrip(".")
    return first if _INSTRUCTION.fullmatch(first) else ""


def _not_installed(cause: RootCause, known: Known) -> str:
    hosts, judged = cause.hosts()
    nothing = len(known.circumstances.never_installed.intersection(hosts))
    every, failed = count(judged, "host"), len(hosts) - nothing
    if not hosts:
        return ""
    if not failed:
        return f"nothing was installed on {nothing} of {every}"
    if nothing:
        return f"nothing was installed on {nothing}, and no installation is proven on {failed}, of {every}"
    return f"no successful installation since the baseline on {failed} of {every}"


def _not_rebooted(cause: RootCause, _: Known) -> str:
    hosts, judged = cause.hosts()
    waiting = all(fact.found.startswith("pending reboot: ") for fact in _wrong(cause))
    verb = "waits" if len(hosts) == 1 else "wait"
    return f"{len(hosts)} of {count(judged, 'host')} {verb} for a reboot" if hosts and waiting else ""


def _not_reached(_: RootCause, known: Known) -> str:
    return f"Systems Manager does not reach {naming(sorted(known.circumstances.unreached))}"


def _not_scanned(cause: RootCause, _: Known) -> str:
    hosts, judged = cause.hosts()
    if hosts:
        return f"Inspector did not scan {len(hosts)} of {count(judged, 'host')} again after patching"
    return "; ".join(f"{fact.name}: expected {fact.expected}, found {fact.found}" for fact in _wrong(cause))


def _other_hosts(cause: RootCause, _: Known) -> str:
    named = _found(cause)
    return f"the baseline and this run do not cover the same hosts: {named}" if named else ""


def _left(cause: RootCause, known: Known) -> str:
    if not any(check.id == "FIND-4" for check in cause.checks) or not known.left:
        number = next((fact.found for fact in _wrong(cause)), "")
        return f"remaining findings for which AWS's data proves no cause: {number}" if number else ""
    kinds = Counter(one.kind for one in known.left)
    titles = "; ".join(f"{_lower(EXPLANATIONS[kind].title)} ({number})" for kind, number in kinds.most_common(3))
    verb = "remains" if len(known.left) == 1 else "remain"
    return f"{count(len(known.left), 'finding')} {verb} that patching should have removed: {titles}"


def _no_progress(cause: RootCause, _: Known) -> str:
    fewer = cause.checks[0].id == "FIND-1"
    return f"{'no fewer findings are active' if fewer else 'more findings are severe'} than before patching"


def _drifted(cause: RootCause, known: Known) -> str:
    wrong = _wrong(cause)
    verb = f"differs from the policy in {count(len(wrong), 'value')}"
    return f"the {known.what_recurs} {verb}" if wrong else ""


def _wrong(cause: RootCause) -> list[Fact]:
    return [fact for check in cause.checks for fact in check.facts if not fact.holds]


def _found(cause: RootCause) -> str:
    return "; ".join(f"{fact.name}: {fact.found}" for fact in _wrong(cause))


def _beyond(cause: RootCause, _: Known) -> str:
    # The numbers alone: the check's reason and the list of what is open name the findings.
    limits = [fact for fact in _wrong(cause) if fact.expected.startswith("at ")]
    return "; ".join(f"{fact.name}: {fact.found.partition(' (')[0]}, {fact.expected}" for fact in limits)


def _lower(title: str) -> str:
    return title[0].lower() + title[1:]


_WORDS: Mapping[str, Callable[[RootCause, Known], str]] = {
    groups.INSTALL: _not_installed,
    groups.REBOOT: _not_rebooted,
    groups.REACH: _not_reached,
    groups.SCAN: _not_scanned,
    groups.HOSTS: _other_hosts,
    groups.LEFT: _left,
    groups.PROGRESS: _no_progress,
    groups.WINDOW: _drifted,
    groups.LIMITS: _beyond,
}
