"""The runs that the report is tested with: one that proves everything, one that fails, one blind, one of files."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from botocore.model import Shape
from botocore.session import get_session

from postpatch.model import Finding, Mode
from postpatch.verdict.checks import CHECKS
from postpatch.verdict.delta import Delta
from postpatch.verdict.run import Outcome, Run
from tests.report import runs
from tests.report.runs import HOSTS, checks, finding, remaining

VOID = {"meta", "br", "rect", "input"}
INLINE = {"a", "bdi", "code", "span", "strong"}

MakeFinding = Callable[..., Finding]
MakeDelta = Callable[..., Delta]


class Page(HTMLParser):
    """What a browser makes of a fragment: its text and its elements; an AssertionError if they do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._open: list[str] = []
        self._texts: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()
        assert not self._open, f"never closed: {self._open}"
        self.text = " ".join("".join(self._texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element that begins."""
        self.elements.append((tag, dict(attrs)))
        self._separate(tag)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element that ends where it begins."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last, and no other."""
        assert self._open, f"</{tag}> closes nothing"
        last = self._open.pop()
        assert last == tag, f"</{tag}> crosses <{last}>"
        self._separate(tag)

    def handle_data(self, data: str) -> None:
        """Keep a text that a reader sees."""
        if "style" not in self._open:
            self._texts.append(data)

    def _separate(self, tag: str) -> None:
        if tag not in INLINE:
            self._texts.append(" ")

    def attributes(self, name: str) -> list[str]:
        """Return the values of an attribute, wherever it stands."""
        return [attributes[name] or "" for _, attributes in self.elements if name in attributes]


@pytest.fixture(scope="session")
def read() -> Callable[[str], Page]:
    """Read a fragment of HTML as a page."""
    return Page


@pytest.fixture(scope="session")
def make_finding() -> MakeFinding:
    """Make an active finding; see `finding`."""
    return finding


@pytest.fixture
def make_delta(tmp_path: Path) -> MakeDelta:
    """Make a delta of two snapshots that are written as a run writes them."""

    def make(baseline: Iterable[Finding], after: Iterable[Finding], gone: Iterable[str] = ()) -> Delta:
        return runs.make_delta(tmp_path, baseline, after, gone)

    return make


# A run is frozen and its delta only answers questions: one serves all tests.
@pytest.fixture(scope="session")
def passing(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a simulated run that proves everything: sixty findings went, six remain for honest reasons, one is new."""
    return runs.passing_run(tmp_path_factory.mktemp("passing"))


@pytest.fixture(scope="session")
def failing(passing: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a live run that fails: nothing was installed, a host went, a finding was hidden, the schedule drifted."""
    baseline = [*remaining(), *(finding(f"CVE-2024-{1000 + number}", HOSTS[number % 3]) for number in range(9))]
    hidden = [replace(one, status="SUPPRESSED") for one in baseline[-1:]]
    here = [one for one in baseline[:-1] if one.host != HOSTS[1]]
    after = [*here, *hidden, finding("CVE-2026-1", severity="CRITICAL")]
    delta = runs.make_delta(tmp_path_factory.mktemp("failing"), baseline, after, gone=HOSTS[1:2])
    failed = checks(
        FIND_1=Outcome.FAILED, FIND_4=Outcome.FAILED, FIND_6=Outcome.FAILED, MW_2=Outcome.FAILED, PATCH_2=Outcome.ERROR
    )
    return runs.with_delta(replace(passing, mode=Mode.LIVE, world="", checks=failed), delta)


@pytest.fixture(scope="session")
def blind(passing: Run) -> Run:
    """Return a live run in which nearly nothing could be looked at."""
    refused = {check.id.replace("-", "_"): Outcome.ERROR for check in CHECKS}
    return replace(
        passing, mode=Mode.LIVE, world="", checks=checks(**refused), caller=None, hosts=(), launch=None, scan=None,
        patching=None, window=None, baseline=None, after=None, delta=None, remaining=None, calls={},
    )  # fmt: skip


@pytest.fixture(scope="session")
def recorded(passing: Run) -> Run:
    """Return a run on two exported files, for which the checks that need AWS were not assessed."""
    declared = tuple(
        one if check.recorded else replace(one, outcome=Outcome.NOT_ASSESSED, declared=True, facts=(), notes=())
        for one, check in zip(checks(), CHECKS, strict=True)
    )
    return replace(
        passing, mode=Mode.RECORDED, world="", checks=declared, hosts=(), launch=None, scan=None, patching=None,
        window=None, calls={},
    )  # fmt: skip


@pytest.fixture(scope="session")
def batch_import() -> Shape:
    """Return the input of Security Hub's BatchImportFindings by botocore's model, which takes long to load."""
    shape = get_session().get_service_model("securityhub").operation_model("BatchImportFindings").input_shape
    assert shape
    return shape
