"""Whether the reports in a pack say what its evidence says: rendered anew, and compared.

A pack of this very version is compared byte for byte; of any other, what its files say is read back and compared with
its verify.json.
"""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from postpatch import __version__
from postpatch.evidence.pack import LARGEST, PackManifest
from postpatch.report.claims import delta_contradictions, page_contradictions, summary_contradictions
from postpatch.report.formats import EXPORTS, exported
from postpatch.report.page import NotAPage, Page, taken_apart
from postpatch.run.publishing import REPORT
from postpatch.verdict import rules

Verdict = dict[str, Any]
_SUMMARY, _DELTA = "summary.md", "delta.csv"
# Of another version only the hash in the manifest speaks for them: what they say has no form that stays.
_EXPORTS = tuple(one.file for one in exported(EXPORTS))


def is_of_this_version(manifest: PackManifest, then: Verdict) -> bool:
    """Return whether a pack was made by this version of the suite, so that it must be rendered the same."""
    return manifest.tool == f"postpatch {__version__}" and then.get("rules") == rules.current()


def report_differences(pack: Path, anew: Path, manifest: PackManifest, then: Verdict) -> Iterator[str]:
    """Yield a sentence for each report of a pack that does not say what its verdict says.

    `anew` is the folder with what the pack's evidence renders now, `then` the pack's verify.json.
    """
    same = is_of_this_version(manifest, then)
    listed = {file.name for file in manifest.files}
    for name in (REPORT, _SUMMARY, _DELTA, *_EXPORTS):
        if name in listed:
            try:
                yield from (f"{name}: {one}" for one in _file_differences(pack / name, anew / name, then, same=same))
            except (OSError, UnicodeDecodeError, NotAPage) as error:
                yield f"{name}: {error}"


def _file_differences(path: Path, rendered: Path, then: Verdict, *, same: bool) -> Iterator[str]:
    if path.is_symlink() or not path.is_file():
        yield "it is not a file; it was not opened"
        return
    if path.name in _EXPORTS:
        pass
    elif path.name == _DELTA:
        with path.open(encoding="utf-8", newline="") as file:
            yield from delta_contradictions(file, then)
    elif path.stat().st_size > LARGEST:
        yield f"it has more than {LARGEST:,} bytes, as no report has"
        return
    else:
        says = page_contradictions if path.name == REPORT else summary_contradictions
        yield from says(path.read_bytes().decode(), then)
    if same and not rendered.is_file():
        yield "the evidence renders no such file"
    elif same and path.name == REPORT:
        yield from _pages(taken_apart(path.read_bytes().decode()), taken_apart(rendered.read_bytes().decode()))
    elif same:
        yield from _lines(path, rendered)


def _lines(path: Path, rendered: Path) -> Iterator[str]:
    with path.open("rb") as then, rendered.open("rb") as now:
        for number, (one, other) in enumerate(zip_longest(then, now), 1):
            if one != other:
                yield f"it is not what the evidence renders, from line {number} on"
                return


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
