"""Break runs for some time, and print a table of what they came to; exit code 1 where a promise was broken."""

import argparse
import random
import secrets
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.soak import machine
from bench.soak.machine import Ground, Trial
from bench.soak.network import network
from bench.soak.requests import Answered, in_process, over_http

PARTS = machine.PARTS | {"network": network}
_OVER_HTTP = 50  # one request of so many goes through a socket
_OUTPUT = 3_000  # characters of a run that broke a promise


def main() -> int:
    """Make trials until the time is over, at least one of each part, and print what they came to."""
    # A shell has what it runs in the background ignore Ctrl-C, and so would each run that is started here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    options = _options()
    sys.stdout.write(f"seed {options.seed}\n")
    trials: list[Trial] = []
    with tempfile.TemporaryDirectory(prefix="postpatch-soak-") as name:
        ground = Ground(Path(name), random.Random(options.seed))  # noqa: S311 - no secret
        chosen = {part: PARTS[part] for part in options.only or PARTS}
        for trial in _until(60 * options.minutes, ground, chosen):
            trials.append(trial)
            for broken in trial.broken:
                sys.stdout.write(f"BROKEN: {trial.what}: {broken}\n{trial.out[-_OUTPUT:]}\n")
            sys.stdout.flush()
    sys.stdout.write(_table(trials))
    asked = [_asked(way, number, options) for way, number in _ways(options).items()]
    return 1 if any(trial.broken for trial in trials) or any(one.broken for one in asked) else 0


def _ways(options: argparse.Namespace) -> dict[Callable[..., Answered], int]:
    return {in_process: options.requests, over_http: options.requests // _OVER_HTTP}


def _asked(way: Callable[..., Answered], number: int, options: argparse.Namespace) -> Answered:
    until = time.monotonic() + 60 * options.request_minutes
    answered = way(number, random.Random(options.seed), until)  # noqa: S311 - no secret
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(answered.statuses.items()))
    rate = answered.number / max(answered.seconds, 0.001)
    sys.stdout.write(
        f"{answered.number:,} of {number:,} mutated requests {way.__name__.replace('_', ' ')}, {rate:,.0f} a second\n"
        f"  answered {statuses or 'none'}; {len(answered.broken)} broken\n"
        f"  memory in MB, at first and after each world: {', '.join(map(str, answered.memory))}\n"
    )
    for broken in sorted(set(answered.broken)):
        sys.stdout.write(f"BROKEN: {broken}\n")
    sys.stdout.flush()
    return answered


def _until(seconds: float, ground: Ground, parts: dict[str, Callable[[Ground], Iterator[Trial]]]) -> Iterator[Trial]:
    if not seconds:
        return
    end = time.monotonic() + seconds
    ground.prepare()
    while True:
        for part in parts.values():
            yield from part(ground)
        if time.monotonic() >= end:
            return


def _table(trials: list[Trial]) -> str:
    lines = [f"{'fault':<36} {'runs':>6}  {'exit codes':<36} {'broken':>6}"]
    for what in dict.fromkeys(trial.what for trial in trials):
        same = [trial for trial in trials if trial.what == what]
        exits = ", ".join(f"{code}: {number}" for code, number in sorted(Counter(one.exit for one in same).items()))
        lines.append(f"{what:<36} {len(same):>6}  {exits:<36} {sum(len(one.broken) for one in same):>6}")
    stops = sum(trial.exit < 0 for trial in trials)
    broken = sum(len(trial.broken) for trial in trials)
    lines.append(f"{len(trials)} runs, {stops} ended by a signal, {broken} promises broken")
    return "\n".join(lines) + "\n"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description="Break runs, and check what they leave.")
    parser.add_argument(
        "--minutes",
        type=float,
        default=2.0,
        help="how long runs are broken, in each way once at least (2; 0: not at all)",
    )
    parser.add_argument("--requests", type=int, default=20_000, help="how many mutated requests are sent (20000)")
    parser.add_argument("--request-minutes", type=float, default=10.0, help="their limit, for each of two ways (10)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9), help="to repeat what an earlier soak did")
    parser.add_argument("--only", action="append", choices=PARTS, help="only this part; may be given several times")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
