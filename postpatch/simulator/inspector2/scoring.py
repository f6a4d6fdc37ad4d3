"""A vulnerability's score as findings write it."""

from ..facts import Vulnerability
from .finding import Wire


def score_of(vulnerability: Vulnerability) -> Wire:
    """Write Inspector's score, which here is NVD's own."""
    return {
        "inspectorScore": vulnerability.score,
        "inspectorScoreDetails": {
            "adjustedCvss": {
                "scoreSource": "NVD",
                "cvssSource": "NVD",
                "version": cvss_version(vulnerability),
                "score": vulnerability.score,
                "scoringVector": vulnerability.vector,
                "adjustments": [],
            }
        },
    }


def cvss_version(vulnerability: Vulnerability) -> str:
    """Name the version of CVSS that a vector is written in."""
    head = vulnerability.vector.partition("/")[0]
    return head.removeprefix("CVSS:") if head.startswith("CVSS:") else "3.1"
