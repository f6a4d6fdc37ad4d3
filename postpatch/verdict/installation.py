"""The newest installation on a host: the Install that started last, and what proves how it ended.

Patch Manager reports only the last operation, the command history and the association executions report each one, and
none of them says everything. Source: Systems Manager user guide, "Patch compliance state values", and "Using the
BaselineOverride parameter", whose results are not recorded as patch compliance.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter

from postpatch.model import PatchCommand, Patching, PatchState
from postpatch.verdict.facts import count

REPORTED = "Patch Manager's report"
_SCAN_NOW = "Run AWS-RunPatchBaseline with Operation Scan, then verify again"


class Ending(StrEnum):
    """How the newest installation ended."""

    NONE = "none"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PARTIAL = "partial"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Installation:
    """The newest Install that started on a host.

    `began_at` and `ended_at` are None where there was none, or where its end is not known. `words` say how it ended,
    or, where that is UNKNOWN, what to do. `via` names what ran it. `overrides` is what took the place of the patch
    baseline in it. `never_started` counts the newer ones that never began on the host.
    """

    ending: Ending
    words: str
    began_at: datetime | None = None
    ended_at: datetime | None = None
    via: str = ""
    overrides: str = ""
    never_started: int = 0


def newest_installation(patching: Patching, host: str) -> Installation:
    """Return the newest Install that started on the host, as far as Patch Manager and the histories show."""
    state = patching.state(host)
    installs = [one for one in patching.commands_on(host) if one.operation == "Install"]
    started = sorted((one for one in installs if not one.never_started), key=attrgetter("recency"))
    newest = started[-1] if started else None
    since = newest.began_at if newest else None
    never = sum(one.never_started and (since is None or one.requested_at > since) for one in installs)
    if state and state.operation == "Install" and (newest is None or state.ended_at >= newest.earliest_start):
        return _by_state(state, newest, never)
    if newest is None:
        return Installation(Ending.NONE, _without(state), never_started=never)
    return _by_command(newest, state, never)


def outdated(patching: Patching, host: str) -> str:
    """Return why the host's patch state says nothing of now, with what to do, or nothing where it does.

    It is older than the newest Install that started, or than a newer successful Scan without a BaselineOverride.
    """
    state = patching.state(host)
    if state is None:
        return ""
    reported = [
        one
        for one in patching.commands_on(host)
        if not one.never_started
        and (one.operation == "Install" or (one.status == "Success" and not one.baseline_override))
        and _began(one, state) > state.ended_at
    ]
    if not reported:
        return ""
    newest = max(reported, key=attrgetter("recency"))
    return (
        f"{_SCAN_NOW}: the patch state is of {_utc(state.ended_at)}, older than the {newest.operation} that began "
        f"{_utc(newest.began_at)}"
    )


def _began(one: PatchCommand, state: PatchState) -> datetime:
    # What the patch state is of may be this very run, if it is of the same operation.
    return one.earliest_start if one.operation == state.operation else one.began_at


def _by_state(state: PatchState, newest: PatchCommand | None, never: int) -> Installation:
    ended = f"Install ended {_utc(state.ended_at)}"
    ending, words = Ending.SUCCEEDED, ended
    if newest and newest.in_progress:
        ending, words = Ending.UNKNOWN, _wait_for(newest)
    elif state.failed:
        ending, words = Ending.FAILED, f"{ended}, {count(state.failed, 'patch', 'patches')} failed"
    elif state.missing:
        ending, words = Ending.PARTIAL, f"{ended}, {count(state.missing, 'patch', 'patches')} still missing"
    elif state.override_list:
        ending, words = Ending.PARTIAL, f"{ended}, limited by an InstallOverrideList"
    return Installation(
        ending,
        words,
        began_at=min(state.started_at, newest.earliest_start) if newest else state.started_at,
        ended_at=state.ended_at,
        via=newest.via if newest else REPORTED,
        overrides=state.override_list or (newest.overrides if newest else ""),
        never_started=never,
    )


def _by_command(newest: PatchCommand, state: PatchState | None, never: int) -> Installation:
    name = f"Install {newest.command} ({newest.via})"
    if newest.in_progress:
        ending, words = Ending.UNKNOWN, _wait_for(newest)
    elif newest.status != "Success":
        ending, words = Ending.FAILED, f"{name} ended {newest.detail or newest.status}"
    elif state is None or state.ended_at < newest.began_at:
        since = f"of {_utc(state.ended_at)}" if state else "absent"
        ending = Ending.UNKNOWN
        words = f"{_SCAN_NOW}: {name} began {_utc(newest.began_at)}, and the patch state is {since}"
    elif newest.override_list:
        ending, words = Ending.PARTIAL, f"{name} was limited by an InstallOverrideList"
    else:
        ending = Ending.SUCCEEDED
        words = f"{name} succeeded; a later {state.operation} overwrote the patch state"
    return Installation(
        ending, words, newest.began_at, newest.ended_at, newest.via, newest.overrides, never_started=never
    )


def _wait_for(newest: PatchCommand) -> str:
    return f"Wait until Install {newest.command} ({newest.via}) has ended, then verify again: it is {newest.status}"


def _without(state: PatchState | None) -> str:
    if state is None:
        return "Patch Manager has no report for it"
    return f"last patch operation was {state.operation}, ended {_utc(state.ended_at)}"


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
