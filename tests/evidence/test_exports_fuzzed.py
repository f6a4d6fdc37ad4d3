"""Whatever is wrong in a file of findings, it is read and compared, or refused in one sentence."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postpatch.errors import BadEvidence
from postpatch.evidence.exports import EXPORT_AGAIN, read_export
from postpatch.evidence.snapshot import open_snapshot, write_snapshot
from postpatch.model import Manifest, Mode, Scope, Snapshot
from postpatch.verdict.delta import Delta

Make = Callable[..., dict[str, Any]]

# What no exporter writes, and an editor, a script or a hand may: as JSON texts.
ODD = (
    "NaN", "Infinity", "-Infinity", "12345678901234567890", "-99999999999999999999", "1e999", "-1e-999", "0.1",
    "2147483648", '"\\ud800"', '"\\udfff x"', '"\\u0000"', '"\\ud83d\\ude42"', '"0001-01-01T00:00:00Z"',
    '"0001-01-01T00:00:00+14:00"', '"9999-12-31T23:59:59-14:00"', '""', "null", "true", "[]", "{}", '[{"a": [null]}]',
    '{"a": 1, "a": 2}', '"\\\\ud800"',
)  # fmt: skip
_VALUE = re.compile(r'(?<=: )("(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|null|true|false)')


@pytest.fixture(scope="module")
def document(package_finding: Make, network_finding: Make) -> str:
    """Return an export with a finding of each kind, a value a line."""
    return json.dumps({"findings": [package_finding(), network_finding()], "nextToken": None}, indent=1)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the files that are read, one after the other."""
    return tmp_path_factory.mktemp("fuzzed")


class NoTime(Exception):
    """No time is left in an export."""


def kept(file: Path, to: Path) -> Snapshot:
    """Read an export into a snapshot, as a run does."""
    export = read_export(file)

    def describe() -> Manifest:
        if export.newest is None:
            raise NoTime
        return Manifest(
            mode=Mode.RECORDED, engine="inspector2", account=" ".join(sorted(export.accounts)),
            region=" ".join(sorted(export.regions)), scope=Scope("stack", ("pww",)), caller="",
            started_at=export.newest, taken_at=export.newest, tool="test", hosts=(), set_aside=dict(export.set_aside),
            asked=export.asked, whole=export.is_whole,
        )  # fmt: skip

    write_snapshot(to, export, describe)
    return open_snapshot(to, "again")


def _names_file_and_place(error: BadEvidence, file: Path) -> None:
    assert str(error).startswith(f"{EXPORT_AGAIN}: {file}: ")
    assert "\n" not in str(error)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_value_that_no_exporter_writes_is_read_or_refused(document: str, place: Path, data: st.DataObject) -> None:
    """With any value of the file replaced by an odd one, the files are compared, or refused with name and place."""
    values = list(_VALUE.finditer(document))
    target = data.draw(st.sampled_from(values), label="value")
    odd = data.draw(st.sampled_from(ODD), label="odd")
    file = place / "export.json"
    file.write_text(document[: target.start()] + odd + document[target.end() :], encoding="utf-8")
    try:
        snapshot = kept(file, place / "after.ndjson.gz")
    except BadEvidence as error:
        _names_file_and_place(error, file)
        return
    except NoTime:
        return  # no time is left in it: the run takes the file's own
    with Delta(snapshot, snapshot) as delta:
        assert delta.counts.baseline == delta.counts.remaining + delta.counts.host_gone
        assert len(list(delta.active())) == delta.counts.after


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_bytes_that_were_changed_are_read_or_refused(document: str, place: Path, data: st.DataObject) -> None:
    """With bytes put in, left out or doubled anywhere, a file is read or refused: nothing else is raised."""
    content = bytearray(document.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(begin, min(begin + 40, len(content))))
        content[begin:end] = data.draw(st.binary(max_size=8) | st.just(bytes(content[begin:end]) * 2))
    file = place / "export.json"
    file.write_bytes(bytes(content))
    try:
        list(read_export(file))
    except BadEvidence as error:
        _names_file_and_place(error, file)


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ('"severity": "HIGH", "severity": "LOW"', "the name 'severity' stands twice in one object"),
        ('"severity": "HIGH", "inspectorScore": NaN', "NaN is not JSON"),
        ('"severity": "HIGH", "inspectorScore": -Infinity', "-Infinity is not JSON"),
        ('"severity": "HIGH", "updatedAt": 12345678901234567890', "updatedAt is 12345678901234567890, not a readable"),
        ('"severity": "HIGH", "title": "half \\ud800 of it"', r"(a lone surrogate), \ud800"),
        ('"severity": "HIGH", "title": "\\\\\\udc00"', r"(a lone surrogate), \udc00"),
    ],
    ids=["names-twice", "nan", "infinity", "twenty-digits", "half-a-character", "after-a-backslash"],
)
def test_what_is_wrong_is_said_in_one_sentence(place: Path, package_finding: Make, odd: str, words: str) -> None:
    """Each of these is refused with the file, the place and what is wrong."""
    names = ("title", "updatedAt", "inspectorScore")
    finding = {name: value for name, value in package_finding(severity="HIGH").items() if name not in names}
    file = place / "export.json"
    file.write_text(json.dumps([finding]).replace('"severity": "HIGH"', odd, 1), encoding="utf-8")
    with pytest.raises(BadEvidence) as caught:
        list(read_export(file))
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{EXPORT_AGAIN}: {file}: line 1, column ")


@pytest.mark.parametrize("name", ["epoch", "begin"])
def test_a_number_beyond_a_column_is_refused(
    place: Path, package_finding: Make, network_finding: Make, name: str
) -> None:
    """A number that a snapshot's column cannot hold is refused where it is read, never where it is compared."""
    package, network = json.dumps(package_finding()), json.dumps(network_finding())
    text = re.sub(rf'"{name}": \d+', f'"{name}": 12345678901234567890', f"[{package}, {network}]")
    assert "12345678901234567890" in text
    file = place / "export.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadEvidence, match=rf"{name} is 12345678901234567890, not a whole number"):
        list(read_export(file))


def test_a_name_twice_on_a_page_is_refused(place: Path) -> None:
    """A page with two lists of findings is refused, as a finding with two severities is."""
    file = place / "export.json"
    file.write_text('{"findings": [], "findings": []}', encoding="utf-8")
    with pytest.raises(BadEvidence, match="the name 'findings' stands twice in one object"):
        list(read_export(file))


def test_a_character_beyond_the_first_plane_is_read(place: Path, package_finding: Make) -> None:
    """Both halves of a character together are one, and an escaped backslash before a u is none."""
    file = place / "export.json"
    file.write_text(json.dumps([package_finding(title="\U0001f642 \\ud800")]), encoding="utf-8")
    assert [row.title for row in read_export(file)] == ["\U0001f642 \\ud800"]
