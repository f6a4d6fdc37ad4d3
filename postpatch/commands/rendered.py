"""Whether the reports in a pack say what its evidence says: rendered anew, and compared.

A pack of this very version is compared byte for byte; of any other, what its files say is read back and compared with
its verify.json.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from postpatch import __version__
from postpatch.evidence.pack import PackManifest
from postpatch.report.claims import delta_contradictions, page_contradictions, summary_contradictions
from postpatch.report.page import NotAPage, Page, taken_apart
from postpatch.run.publishing import REPORT
from postpatch.verdict import rules

Verdict = dict[str, Any]
_SAYS: dict[str, Callable[[str, Verdict], Iterator[str]]] = {
    REPORT: page_contradictions,
    "summary.md": summary_contradictions,
    "delta.csv": delta_contradictions,
}


def is_of_this_version(manifest: PackManifest, then: Verdict) -> bool:
    """Return whether a pack was made by this version of the suite, so that it must be rendered the same."""
    return manifest.tool == f"postpatch {__version__}" and then.get("rules") == rules.current()


def report_differences(pack: Path, anew: Path, manifest: PackManifest, then: Verdict) -> Iterator[str]:
    """Yield a sentence for each report of a pack that does not say what its verdict says.

    `anew` is the folder with what the pack's evidence renders now, `then` the pack's verify.json.
    """
    same = is_of_this_version(manifest, then)
    for name, says in _SAYS.items():
        if not any(file.name == name for file in manifest.files):
            continue
        try:
            text = (pack / name).read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            yield f"{name}: it cannot be read: {error}"
            continue
        yield from (f"{name}: {one}" for one in says(text, then))
        if same:
            yield from (f"{name}: {one}" for one in _unlike(name, text, anew / name))


def _unlike(name: str, text: str, rendered: Path) -> Iterator[str]:
    try:
        now = rendered.read_bytes().decode()
    except FileNotFoundError:
        yield "the evidence renders no such file"
        return
    if name == REPORT:
        try:
            yield from _pages(taken_apart(text), taken_apart(now))
        except NotAPage as error:
            yield str(error)
    elif text != now:
        yield f"it is not what the evidence renders, from line {_first(text, now)} on"


def _pages(then: Page, now: Page) -> Iterator[str]:
    if then.ours != now.ours:
        yield f"its sections are not what the evidence renders, from line {_first(then.ours, now.ours)} on"
    # Another version of pytest-html makes another page; our sections are the same in it.
    if then.version == now.version and then.frame != now.frame:
        yield f"the page around its sections is not pytest-html's, from line {_first(then.frame, now.frame)} on"
    for test in then.results.keys() & now.results.keys():
        if then.results[test] != now.results[test]:
            yield f"{test} is {then.results[test]!a}, judged again {now.results[test]!a}"


def _first(then: str, now: str) -> int:
    pairs = zip(then.splitlines(), now.splitlines(), strict=False)
    return next((line for line, (one, other) in enumerate(pairs, 1) if one != other), 1)
