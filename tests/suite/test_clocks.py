"""Clocks and zones: the same verdict wherever the machine that judges stands, and times told in UTC alone."""

import re

import pytest

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(.*)")


def _facts(ran):
    return {check["id"]: check["facts"] for check in ran.verdict["checks"]}


def _times(value):
    if isinstance(value, dict):
        yield from (time for name, one in value.items() if name != "notes" for time in _times(one))
    elif isinstance(value, list):
        yield from (time for one in value for time in _times(one))
    elif isinstance(value, str) and (match := _TIME.fullmatch(value)):
        yield match[1]


@pytest.fixture(scope="module")
def here(rehearse_in, tmp_path_factory):
    """Return the run of a machine whose zone is UTC."""
    return rehearse_in(tmp_path_factory.mktemp("here"))("--world", "workshop", TZ="UTC")


# Half an hour of summer time, and the zone in which each day begins first.
@pytest.mark.parametrize("zone", ["Australia/Lord_Howe", "Pacific/Kiritimati"])
def test_the_zone_of_the_machine_decides_nothing(rehearse, here, zone):
    """boto3 hands times over in the machine's own zone: each is compared as a moment and told in UTC."""
    there = rehearse("--world", "workshop", TZ=zone)
    assert there.exit == 0, there.out
    assert there.verdict["counts"] == here.verdict["counts"]
    told = list(_times(there.verdict))
    assert len(told) > 4
    assert set(told) <= {"Z", "+00:00"}
    assert _facts(there) == _facts(here)


def test_a_host_whose_clock_is_wrong_is_named_before_the_wait(rehearsed):
    """The run says whose clock is wrong before it waits, the report says it again, and AWS's times prove the rest."""
    ran = rehearsed("--world", "skew-ahead")
    words = "it is at least 3 h "
    assert ran.exit == 0
    assert ran.out.index(words) < ran.out.index("PASS: ")
    notes = [note for check in ran.verdict["checks"] if check["id"] == "PATCH-1" for note in check["notes"]]
    assert any(words in note for note in notes)
