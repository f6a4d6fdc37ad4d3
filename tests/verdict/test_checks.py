"""Checks selected by id."""

import pytest

from postpatch.verdict.checks import CHECKS, UnknownCheck, matching

_IDS = [check.id for check in CHECKS]


@pytest.mark.parametrize("check", _IDS)
def test_an_id_selects_its_check_alone(check):
    """FIND-1 is FIND-1, whatever else begins like it."""
    assert matching([check]) == {check}


def test_a_family_is_selected_with_a_star():
    """`MW-*` is every check of the window; patterns add up, and spaces around them do not count."""
    assert matching(["MW-*", " FIND-4 "]) == {*(check for check in _IDS if check.startswith("MW-")), "FIND-4"}
    assert matching(["*"]) == set(_IDS)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [("FIND-44", "did you mean FIND-4"), ("find-4", "did you mean FIND-4?"), ("XYZ", "SCAN-1"), ("", "SCAN-1")],
)
def test_an_unknown_id_is_refused_with_what_was_meant(pattern, words):
    """Nothing is ever selected by mistake: one pattern that matches nothing refuses all."""
    with pytest.raises(UnknownCheck, match="no check has the id") as refused:
        matching(["FIND-1", pattern])
    assert words in str(refused.value)
