"""The pages in docs/: those written from the code are up to date, their links lead somewhere, their commands exist."""

import contextlib
import io
import re
import shlex
from functools import cache
from pathlib import Path

import pytest

from postpatch.__main__ import main
from postpatch.policy import reference
from postpatch.report import checks_page
from postpatch.run.options import OPTIONS
from postpatch.verdict.checks import CHECKS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").glob("*.md"), *ROOT.glob("*.md"), ROOT / "iam" / "README.md"])
COMMANDS = ("verify", "baseline", "init", "worlds", "evidence", "history", "cleanup")
PYTESTS = {"-m", "-n", "-q", "-x", "-k", "-p", "-v", "--junitxml", "--ctrf", "--alluredir", "--help"}


def named(page: Path) -> str:
    """Return a page's path below the repository, for a test's name."""
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("module", [checks_page, reference], ids=["checks.md", "policy-reference.md"])
def test_a_page_written_from_the_code_is_up_to_date(module) -> None:
    """The page in the repository is what its generator writes."""
    assert module.PAGE.read_text(encoding="utf-8") == module.page(), "run make docs"


def test_every_check_says_what_to_do() -> None:
    """Whoever sees a check fail finds the next step; and nothing is said of a check that does not exist."""
    assert checks_page.WHAT_TO_DO.keys() == {check.id for check in CHECKS}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    """A relative link names a file that exists, and a heading that is in it."""
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", _without_code(page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in _anchors(file)):
            lost.append(target)
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_of_a_page_exists(page: Path) -> None:
    """Whatever a page has a reader type is a command, an option or a target that there is."""
    unknown = []
    for line in _typed(page.read_text(encoding="utf-8")):
        words = shlex.split(line, comments=True)
        if words[:1] == ["make"]:
            unknown += [word for word in words[1:] if "=" not in word and word not in _targets()]
        elif words[:1] == ["pytest"]:
            unknown += _unknown_options(words[1:])
        elif words[:1] == ["postpatch"]:
            unknown += [words[1]] if words[1] not in (*COMMANDS, *_more_commands()) else []
            unknown += _unknown_options(words[2:]) if words[1] in ("verify", "baseline") else _unhelped(words[1:])
    assert unknown == []


def _without_code(text: str) -> str:
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


def _typed(text: str) -> list[str]:
    """Return the lines that a page has a reader type, those that a backslash continues joined."""
    blocks = re.findall(r"```console\n(.*?)```", text, flags=re.DOTALL)
    joined = (block.replace("\\\n", " ") for block in blocks)
    lines = (line[2:] for block in joined for line in block.splitlines() if line.startswith("$ "))
    return [line for line in lines if line.startswith(("make ", "pytest ", "postpatch "))]


def _anchors(page: Path) -> set[str]:
    # As GitHub makes them of headings: lower case, no punctuation, hyphens for spaces.
    headings = re.findall(r"^#+ (.+)$", _without_code(page.read_text(encoding="utf-8")), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@cache
def _targets() -> frozenset[str]:
    return frozenset(
        re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    )


def _unknown_options(words: list[str]) -> list[str]:
    options = [word.partition("=")[0] for word in words if word.startswith("-")]
    return [option for option in options if option not in OPTIONS and option not in PYTESTS]


@cache
def _help(*words: str) -> str:
    told = io.StringIO()
    nowhere = contextlib.redirect_stderr(io.StringIO())
    with contextlib.redirect_stdout(told), nowhere, contextlib.suppress(SystemExit):
        main([*words, "--help"])
    return told.getvalue()


def _more_commands() -> list[str]:
    return re.findall(r"^    (\w+)", _help(), flags=re.MULTILINE)


def _unhelped(words: list[str]) -> list[str]:
    names = []
    for word in words:
        if (
            not re.fullmatch(r"[a-z]+", word)
            or len(names) == 2
            or (names and names[0] != "evidence" and names[0] != "fleet")
        ):
            break
        names.append(word)
    options = [word.partition("=")[0] for word in words if word.startswith("--")]
    return [option for option in options if option not in _help(*names)]
