"""The facts of the systems: each row names its source, and every row refers to rows that exist."""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from postpatch.simulator.facts import folders
from postpatch.simulator.facts.reading import read_facts

ROWS = ("advisories", "updates", "unfixed", "languages", "optional", "vulnerabilities")
FILES = [
    pytest.param(folder, path.name, id=f"{folder}/{path.name}")
    for folder in folders()
    for path in sorted((files("postpatch.simulator.facts") / folder).iterdir(), key=lambda one: one.name)
]


def read(folder: str, file: str) -> Any:
    """Read one file of a system."""
    return json.loads((files("postpatch.simulator.facts") / folder / file).read_text(encoding="utf-8"))


def rows(folder: str, file: str) -> Iterator[dict[str, Any]]:
    """Yield what needs a source of its own: each row, or the image with all its packages."""
    content = read(folder, file)
    yield from content if isinstance(content, list) else [content]


@pytest.mark.parametrize(("folder", "file"), FILES)
def test_every_row_names_its_source(folder: str, file: str) -> None:
    """Facts without a source are left out; a system's own description names the source of each of its fields."""
    name = file.removesuffix(".json")
    assert name in ROWS or name == "system" or name.startswith("image"), f"nobody reads {file}"
    if name == "system":
        described = read(folder, file)
        sourced = {field for fields in described["sources"] for field in fields.split(", ")}
        assert {"platform", "baseline", "product", "name", "version"} <= sourced
        return
    assert [row for row in rows(folder, file) if not str(row.get("source", "")).strip()] == []


@pytest.mark.parametrize("folder", folders())
def test_rows_refer_to_rows_that_exist(folder: str) -> None:
    """What an advisory mends is known, and what it mends it in is installed, or may be."""
    facts = read_facts(folder)
    known = set(facts.vulnerabilities)
    mended = {cve for advisories in facts.advisories_for.values() for one in advisories for cve in one.cves}
    updates = {update.kb for update in facts.updates}
    assert mended | {cve for update in facts.updates for cve in update.cves} <= known
    assert {cve for cves in facts.unfixed_in.values() for cve in cves} <= known
    assert {language.cve for language in facts.languages} <= known
    assert {kb for update in facts.updates for kb in update.supersedes} <= updates
    assert set(facts.installed_updates) <= updates


@pytest.mark.parametrize("folder", folders())
def test_the_documents_list_every_system(folder: str) -> None:
    """docs/systems.md says which systems the simulated AWS has, and with which benchmark of CIS."""
    page = (Path(__file__).parents[2] / "docs" / "systems.md").read_text(encoding="utf-8")
    family, _, release = folder.rpartition("-")
    words = {"rhel": "Red Hat Enterprise Linux", "almalinux": "AlmaLinux", "sles": "SUSE", "rocky": "Rocky Linux"}
    word = words.get(family, family.replace("-", " ").title())
    rows = [line for line in page.splitlines() if line.startswith("| ") and "| yes |" in line]
    assert [row for row in rows if word in row and release in row.partition("| yes |")[0]]
    benchmark = folders()[folder].benchmark.rpartition(" ")[2]
    assert not benchmark or f"({benchmark})" in page


@pytest.mark.parametrize("folder", folders())
def test_every_image_has_something_to_patch(folder: str) -> None:
    """An image is older than a fix of something that it has, so that patching it changes something."""
    for path in (files("postpatch.simulator.facts") / folder).iterdir():
        if not path.name.startswith("image"):
            continue
        _, _, image = path.name.removesuffix(".json").partition("-")
        facts = read_facts(f"{folder}/{image}" if image else folder)
        fixes = [
            one
            for package in facts.packages
            for one in facts.advisories_for.get(package.name, ())
            if package.evr < one.fixes[package.name]
        ]
        lacking = [update for update in facts.updates if update.kb not in facts.installed_updates and update.cves]
        assert fixes or lacking
