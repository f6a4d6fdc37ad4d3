"""CISA's Vulnrichment: the decision points in the ADP container of CVE records, read from a file or a folder.

Source: the CVE Record Format 5.x (`containers.adp[].metrics[].other`, type `ssvc`) and the layout of CISA's repository,
`YEAR/NNxxx/CVE-YEAR-NUMBER.json`. Only the records of the CVEs in question are opened.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from postpatch.errors import BadEvidence
from postpatch.model import Decision, Vulnrichment

_CVE = re.compile(r"CVE-(\d{4})-(\d{4,})")
_LARGEST = 256 * 1024 * 1024  # bytes of one file
_REMEDY = "Correct [deadline] vulnrichment in the policy, or take it out: what is not known leaves less time."


def read_vulnrichment(path: Path, cves: Iterable[str]) -> Vulnrichment:
    """Return what CISA decided of the CVEs; BadEvidence names a file that cannot be read, or the path if it is absent.

    A folder has a file for each CVE, as CISA's repository has or all in one place; a file holds one record or a list.
    """
    wanted = {cve for cve in cves if _CVE.fullmatch(cve)}
    if path.is_dir():
        files = {cve: _file(path, cve) for cve in sorted(wanted)}
        records = {cve: _document(file) for cve, file in files.items() if file}
    elif path.is_file():
        document = _document(path)
        listed = document if isinstance(document, list) else [document]
        records = {_id(record): record for record in listed if _id(record) in wanted}
    else:
        raise BadEvidence(f"{_REMEDY} There is no file or folder {path}.")
    return Vulnrichment({cve: _decision(record) for cve, record in records.items()})


def _file(folder: Path, cve: str) -> Path | None:
    _, year, number = cve.split("-")
    places = (folder / year / f"{number[:-3]}xxx" / f"{cve}.json", folder / f"{cve}.json")
    return next((place for place in places if place.is_file()), None)


def _document(path: Path) -> Any:
    try:
        if path.stat().st_size > _LARGEST:
            raise BadEvidence(f"{_REMEDY} {path} has more than {_LARGEST:,} bytes.")
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise BadEvidence(f"{_REMEDY} {path} cannot be read as JSON: {error}.") from error


def _id(record: Any) -> str:
    metadata = record.get("cveMetadata") if isinstance(record, dict) else None
    return str(metadata.get("cveId")) if isinstance(metadata, dict) else ""


def _decision(record: Any) -> Decision:
    points = {name.lower(): str(value).lower() for name, value in _points(record)}
    automatable = {"yes": True, "no": False}.get(points.get("automatable", ""))
    impact = points.get("technical impact")
    return Decision(automatable, impact if impact in ("total", "partial") else None)


def _points(record: Any) -> Iterator[tuple[str, Any]]:
    # Whatever has another form says nothing: the decision is then not known.
    for container in _list(_get(_get(record, "containers"), "adp")):
        for metric in _list(_get(container, "metrics")):
            other = _get(metric, "other")
            if _get(other, "type") == "ssvc":
                for option in _list(_get(_get(other, "content"), "options")):
                    if isinstance(option, dict):
                        yield from option.items()


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
