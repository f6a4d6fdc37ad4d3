"""`python -m postpatch.report.checks_page`: write docs/checks.md, what each check proves and what turns it red."""

import sys
import tomllib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from postpatch.report.controls import controls_of
from postpatch.simulator import worlds
from postpatch.simulator.world import World
from postpatch.verdict.checks import CHECKS, Check

PAGE = Path(__file__).parents[2] / "docs" / "checks.md"
_FAMILIES = {
    "SCAN": "The assessment",
    "PATCH": "The installation",
    "FIND": "The findings",
    "MW": "The maintenance window",
    "TGT": "Its target",
    "TASK": "Its task",
}
_SHOWN = 3  # worlds for each check: those in which the fewest others fail
WHAT_TO_DO: dict[str, str] = tomllib.loads(Path(__file__).with_name("what_to_do.toml").read_text(encoding="utf-8"))


def page() -> str:
    """Write the page again, from the checks, the worlds and the requirements."""
    lines = [
        "# The checks",
        "",
        "Written from the code by `make docs`.",
        "A check that failed found something other than what must be true; an error could not be evaluated.",
        "[The report](report.md) shows what was expected and found.",
        "A *world* is a simulated situation: see a check fail with `pytest -m verify --world NAME`,",
        "and the same without its defect with `NAME:fixed`.",
    ]
    for family, checks in groupby(CHECKS, key=lambda check: check.id.partition("-")[0]):
        lines += ["", f"## {_FAMILIES[family]}"]
        for check in checks:
            lines += ["", *_check(check)]
    return "\n".join(lines) + "\n"


def _check(check: Check) -> Iterator[str]:
    yield f"### {check.id}"
    yield ""
    yield f"**{check.sentence}**"
    yield ""
    yield f"- **If it fails:** {WHAT_TO_DO[check.id]}"
    shown = sorted(_failing(check.id), key=lambda world: len(world.red))[:_SHOWN]
    for world in shown:
        others = sorted(world.red - {check.id})
        beside = (
            f" ({', '.join(others)} {'fails' if len(others) == 1 else 'fail'} too)" if 0 < len(others) <= _SHOWN else ""
        )
        yield f"- **World `{world.name}`:** {world.story}{beside}"
    yield f"- **Needs AWS:** {'no, two exported files are enough' if check.recorded else 'yes'}"
    by_framework = groupby(controls_of(check.id), key=lambda control: control.framework)
    supports = (f"{framework}: {', '.join(control.id for control in controls)}" for framework, controls in by_framework)
    yield f"- **Supports:** {'; '.join(supports)}"


def _failing(id_: str) -> Iterator[World]:
    return (world for world in worlds().values() if id_ in world.red)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} is renewed\n")
