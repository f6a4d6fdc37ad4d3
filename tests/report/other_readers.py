"""Read exported files with other projects' libraries; run by their own Python, so nothing of postpatch is imported.

Takes files, and prints one JSON object: by file, the problems that the library of its format finds in it.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from pydantic import ValidationError
from sarif_pydantic import Sarif
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.poam import PlanOfActionAndMilestones

OCSF = OcsfJsonSchemaEmbedded(get_ocsf_schema(version="1.6.0"))
VALIDATORS = {}


def ocsf(path: Path) -> Iterator[str]:
    """Yield what OCSF's own schema of each event's class finds."""
    for line in path.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        uid = event["class_uid"]
        if uid not in VALIDATORS:
            name = OCSF.lookup_class_name_from_uid(class_uid=uid)
            VALIDATORS[uid] = Draft202012Validator(OCSF.get_class_schema(class_name=name, profiles=["cloud"]))
        yield from (
            f"{'/'.join(map(str, one.absolute_path))}: {one.message}" for one in VALIDATORS[uid].iter_errors(event)
        )


def sarif(path: Path) -> Iterator[str]:
    """Yield what the models of SARIF 2.1.0 refuse."""
    yield from _refused(lambda: Sarif.model_validate_json(path.read_text(encoding="utf-8")))


def oscal_results(path: Path) -> Iterator[str]:
    """Yield what compliance-trestle refuses, whose models are made from NIST's schema."""
    document = json.loads(path.read_text(encoding="utf-8"))
    yield from _refused(lambda: AssessmentResults(**document["assessment-results"]))


def oscal_poam(path: Path) -> Iterator[str]:
    """Yield what compliance-trestle refuses, whose models are made from NIST's schema."""
    document = json.loads(path.read_text(encoding="utf-8"))
    yield from _refused(lambda: PlanOfActionAndMilestones(**document["plan-of-action-and-milestones"]))


def _refused(read: Callable[[], object]) -> Iterator[str]:
    try:
        read()
    except ValidationError as error:
        yield from (f"{'/'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())


READERS = {
    "ocsf.ndjson": ocsf,
    "verify.sarif": sarif,
    "oscal-assessment-results.json": oscal_results,
    "oscal-poam.json": oscal_poam,
}

if __name__ == "__main__":
    json.dump({word: list(READERS[Path(word).name](Path(word))) for word in sys.argv[1:]}, sys.stdout)
