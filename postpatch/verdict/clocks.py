"""Hosts whose own clock is wrong, seen by AWS's own times: an agent dates what it reports, AWS what it was asked.

What a host reports cannot have ended after AWS told of it, and no command begins on a host before it was requested.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from postpatch.model import Host, Patching
from postpatch.model.moment import CLOCK_TOLERANCE


def clock_off(patching: Patching, host: str) -> timedelta:
    """Return by how much at least a host's clock is ahead (behind: negative); zero where nothing shows it wrong."""
    offsets = (one for one in _offsets(patching, host) if abs(one) > CLOCK_TOLERANCE)
    return max(offsets, key=abs, default=timedelta(0))


def installed_by(patching: Patching, host: str) -> datetime | None:
    """Return when the host's last known installation had ended, or None if there was none.

    Where the host's clock is wrong that is when AWS was asked: what it reported as ended had ended by then.
    """
    reported = patching.installed_at(host)
    return patching.read_at if reported and clock_off(patching, host) else reported


def requested_at(patching: Patching, host: str) -> datetime | None:
    """Return when the host's newest successful Install was requested, by AWS's clock, or None if no history has it."""
    return max((one.requested_at for one in patching.installs(host)), default=None)


def clock_notes(patching: Patching, hosts: Iterable[Host]) -> Iterator[str]:
    """Yield a sentence for each host whose clock is wrong."""
    for host in hosts:
        if off := clock_off(patching, host.id):
            yield clock_note(host.id, off)


def clock_note(host: str, off: timedelta) -> str:
    """Return what to do about a clock that is wrong."""
    return f"correct the clock of {host}: it is {off_in_words(off)}; AWS's times were used instead of its own"


def off_in_words(off: timedelta) -> str:
    """Return `at least 10 h 5 min ahead`."""
    minutes = round(abs(off).total_seconds() / 60)
    return f"at least {minutes // 60} h {minutes % 60} min {'ahead' if off > timedelta(0) else 'behind'}"


def _offsets(patching: Patching, host: str) -> Iterator[timedelta]:
    state, commands = patching.state(host), patching.commands_on(host)
    if patching.read_at:
        ends = [one.ended_at for one in commands] + ([state.ended_at] if state else [])
        yield from (end - patching.read_at for end in ends if end and end > patching.read_at)
    for one in commands:
        if one.started_at and one.started_at < one.requested_at:
            yield one.started_at - one.requested_at
