"""Refuse to compare two lists of findings that were asked for differently."""

from postpatch.errors import BadEvidence
from postpatch.model import Manifest
from postpatch.translation.request import in_words, same_request


def compare_requests(baseline: Manifest, after: Manifest) -> None:
    """Raise BadEvidence if both exports recorded what they asked for, and that differs.

    The later one may ask for CLOSED findings as well: they only ever prove more.
    """
    if baseline.asked and after.asked and not same_request(baseline.asked, after.asked):
        raise BadEvidence(
            f"Export both files with the same filter, region and account: {after.source} asked for "
            f"{in_words(after.asked)}, the baseline {baseline.source} for {in_words(baseline.asked)}."
        )
