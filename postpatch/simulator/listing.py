"""The list of the worlds for people: by what must come of a run in each, and with its story."""

from collections.abc import Iterable, Iterator

from .world import World
from .worlds import worlds

# A world's subject is the family of the first check that it declares: what its defect is about.
_SUBJECTS = {
    "SCAN": "Scans and hosts",
    "PATCH": "Patch runs",
    "FIND": "Findings",
    "MW": "Window, target and task",
    "TGT": "Window, target and task",
    "TASK": "Window, target and task",
}
_FIRST = 6
_GREEN = "PASS: nothing is wrong, though a careless check may find something"


def listing(word: str = "") -> str:
    """Return the worlds by subject, each with the verdict and the checks that it declares, and its story.

    With a `word` only those that have it in their name, their checks or their story, in whatever case.
    """
    groups = _by_subject(world for world in worlds().values() if word.lower() in _line(world, 0).lower())
    return "\n".join("".join(_lines(title, found)) for title, found in groups.items())


def overview() -> str:
    """Return the subjects of the worlds, each with its number of worlds and the names of the first few."""
    groups = _by_subject(worlds().values()).items()
    return "".join(f"{title} ({len(found)})\n  {_first(found)}\n" for title, found in groups)


def _first(found: list[World]) -> str:
    return ", ".join([*(world.name for world in found[:_FIRST]), *(["…"] if len(found) > _FIRST else [])])


def _by_subject(some: Iterable[World]) -> dict[str, list[World]]:
    groups: dict[str, list[World]] = {title: [] for title in (_GREEN, *_SUBJECTS.values())}
    for world in some:
        groups[_subject(world)].append(world)
    return {title: found for title, found in groups.items() if found}


def short(checks: Iterable[str]) -> str:
    """Return ids of checks in few letters: FIND-1, FIND-2, FIND-3 is FIND-1..3; in the order of the families."""
    families: dict[str, list[int]] = {}
    for check in sorted(checks, key=_place):
        family, _, number = check.partition("-")
        families.setdefault(family, []).append(int(number))
    return " ".join(f"{family}-{_runs(numbers)}" for family, numbers in families.items())


def expected(world: World) -> str:
    """Return the verdict that a run in the world must come to, with the checks that are not proven."""
    if not (world.red or world.errors):
        return "PASS"
    failed, errors = short(world.red), short(world.errors)
    if not failed:
        return f"ERROR {errors}"
    return f"FAIL {failed}" + (f"; error {errors}" if errors else "")


def _lines(title: str, found: list[World]) -> Iterator[str]:
    yield f"{title}\n"
    width = max(len(world.name) for world in found)
    for world in found:
        yield _line(world, width)


def _line(world: World, width: int) -> str:
    return f"  {world.name:<{width}}  {expected(world)}: {world.story}\n"


def _subject(world: World) -> str:
    declared = sorted(world.red or world.errors, key=_place)
    return _SUBJECTS[declared[0].partition("-")[0]] if declared else _GREEN


def _place(check: str) -> tuple[int, int]:
    family, _, number = check.partition("-")
    return tuple(_SUBJECTS).index(family), int(number)


def _runs(numbers: list[int]) -> str:
    whole = numbers == list(range(numbers[0], numbers[-1] + 1)) and len(numbers) > 2
    return f"{numbers[0]}..{numbers[-1]}" if whole else ",".join(map(str, numbers))
