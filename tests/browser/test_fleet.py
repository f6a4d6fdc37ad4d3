"""The page of a fleet in a real browser: it asks for nothing, fits a phone, and its looks are kept for a reviewer."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from postpatch.fleet.concerns import Concern, Concerns
from postpatch.fleet.gathering import Fleet, Row
from postpatch.fleet.outputs import as_html
from postpatch.fleet.pack import FAMILIES, ReadPack
from postpatch.fleet.targets import Listed
from postpatch.verdict.run import Verdict
from tests.browser.conftest import ARTEFACTS, PHONE, Opened
from tests.browser.test_accessibility import violations

Browse = Callable[..., Opened]
LOOKS = {"light": {"color_scheme": "light"}, "dark": {"color_scheme": "dark"}, "phone": PHONE}
REGIONS = ("ap-southeast-2", "eu-central-1", "eu-west-1", "us-east-1")


def row(folder: Path, account: str, region: str, failed: str = "") -> Row:
    """Return a target whose checks passed, but for those of one family."""
    checks = [{"id": f"{name}-1", "outcome": "failed" if name == failed else "passed"} for name in FAMILIES]
    verdict = Verdict.FAIL if failed else Verdict.PASS
    sentence = "Nothing was installed." if failed else "All checks passed."
    document = {"checks": checks, "sentence": sentence, "hosts": ["i-1"] * 3, "remaining": [], "run": "1"}
    name = f"{account}_{region}"
    (folder / name).mkdir()
    (folder / name / "verify.html").touch()
    return Row(name, account, region, verdict, (), ReadPack(folder / name, verdict=document))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Write the page of 12 targets: one red, one that could not be run, an altered pack, an account not named."""
    rows = [row(tmp_path, account, region) for account in ("111111111111", "222222222222") for region in REGIONS[1:]]
    rows += [
        row(tmp_path, "333333333333", region, failed="PATCH" if region == "eu-west-1" else "") for region in REGIONS
    ]
    altered = (
        "this is not the pack as it was published",
        "verify.json: altered: its sha256 is not the one in the manifest",
    )
    denied = "could not be run: Allow AssumeRole to the caller. " + "User: arn:aws:sts::111111111111:assumed-role/" * 5
    rows += [Row("111111111111_ap-southeast-2", "111111111111", "ap-southeast-2", Verdict.ERROR, altered)]
    rows += [Row("222222222222_ap-southeast-2", "222222222222", "ap-southeast-2", Verdict.ERROR, (denied,))]
    fleet = Fleet(
        rows=tuple(rows),
        concerns=Concerns(
            (Concern("only_scanned", 3, 156), Concern("no_fix", 30, 120)),
            (Concern("vim-data", 30, 24), Concern("java-17-amazon-corretto-headless", 12, 3)),
        ),
        left_out=(Listed("999999999999", "sandbox", "no servers"),),
        unlisted=(Listed("888888888888", "new", "Organizations lists it, and the fleet's file does not"),),
        notes=(),
        complete=True,
        stage="http://127.0.0.1:4599",
        titles={"only_scanned": ("The patch run only scanned", "Run AWS-RunPatchBaseline with Operation Install.")},
    )
    path = tmp_path / "fleet.html"
    path.write_text(as_html(fleet, tmp_path, datetime(2026, 11, 29, 6, tzinfo=UTC)), encoding="utf-8")
    return path


@pytest.mark.parametrize("look", LOOKS)
def test_the_page_is_read_as_the_report_is(browse: Browse, page: Path, look: str) -> None:
    """Nothing is asked of a network, nothing is complained of, no barrier is found, and a phone scrolls no page."""
    opened = browse(page, **LOOKS[look])
    opened.keep_picture(f"fleet-{look}.png")
    assert (opened.requests, opened.complaints) == ([], [])
    viewport = LOOKS[look].get("viewport", {"width": 1280})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("look", ["light", "dark"])
def test_no_barrier_is_found(browse: Browse, page: Path, look: str) -> None:
    """As of the report's own sections, axe-core finds nothing; its script is let in by a page without the policy."""
    text = page.read_text(encoding="utf-8")
    opened_up = page.with_name("open.html")
    opened_up.write_text(text.replace('http-equiv="Content-Security-Policy"', 'name="left-out"'), encoding="utf-8")
    found = violations(browse(opened_up, **LOOKS[look]).page, "document")
    assert found == {}


def test_each_link_leads_to_a_report(browse: Browse, page: Path) -> None:
    """Ten targets have a report that counts; the others have no link."""
    links = browse(page).page.locator(".pp-fleet a")
    addresses = [link.get_attribute("href") for link in links.all()]
    assert len(addresses) == 10
    assert all((page.parent / str(address)).is_file() for address in addresses)


def test_each_page_of_paper_says_that_it_is_simulated(browse: Browse, page: Path) -> None:
    """And the print has the whole matrix in the width of the paper."""
    opened = browse(page)
    opened.page.emulate_media(media="print")
    opened.page.pdf(path=ARTEFACTS / "fleet.pdf", format="A4", prefer_css_page_size=True)
    assert (ARTEFACTS / "fleet.pdf").stat().st_size > 10_000
    opened.page.set_viewport_size({"width": 700, "height": 900})
    assert opened.page.evaluate("document.querySelector('.pp-fleet').getBoundingClientRect().right <= innerWidth")
