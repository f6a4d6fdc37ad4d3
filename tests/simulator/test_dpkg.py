"""dpkg's order of versions: the cases of Debian Policy and of Ubuntu's own numbers."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.simulator.hosts.dpkg import DpkgVersion

# Each list is in order, oldest first.
ORDERED = [
    ["1.0~~", "1.0~~a", "1.0~", "1.0", "1.0a", "1.0+"],
    ["3.10.12-1~22.04.6", "3.10.12-1~22.04.7", "3.10.12-1"],
    ["7:4.4.2-0ubuntu0.22.04.1", "7:4.4.2-0ubuntu0.22.04.1+esm2", "7:4.4.2-0ubuntu0.22.04.1+esm10"],
    ["5.15.0-1071.77", "5.15.0-1072.78", "1:5.0-1"],
    ["2024a", "2024a-0ubuntu0.22.04.1"],
]
PARTS = st.text("0123456789abz.+~", min_size=1, max_size=8)
VERSIONS = st.builds(DpkgVersion, st.integers(0, 2), PARTS, PARTS)


@pytest.mark.parametrize(("older", "newer"), [pair for one in ORDERED for pair in itertools.combinations(one, 2)])
def test_versions_are_ordered_as_dpkg_orders_them(older: str, newer: str) -> None:
    """The earlier of a list is older than each later one, and not the other way round."""
    assert DpkgVersion.parse(older) < DpkgVersion.parse(newer)
    assert not DpkgVersion.parse(newer) < DpkgVersion.parse(older)


@given(VERSIONS, VERSIONS)
def test_of_two_versions_one_is_older_or_both_are_alike(one: DpkgVersion, other: DpkgVersion) -> None:
    """No version is both older and newer than another."""
    assert not (one < other and other < one)


@given(VERSIONS, VERSIONS, VERSIONS)
def test_the_order_is_transitive(one: DpkgVersion, second: DpkgVersion, third: DpkgVersion) -> None:
    """What is older than something older is older."""
    assert not (one < second < third) or one < third


@pytest.mark.parametrize("text", ["5.15.0-1072.78", "7:4.4.2-0ubuntu0.22.04.1+esm2", "2024a", "1:8.9p1-3ubuntu0.10"])
def test_a_version_is_written_as_it_was_read(text: str) -> None:
    """Dpkg leaves an epoch of 0 out; Inspector writes it."""
    version = DpkgVersion.parse(text)
    assert version.text == text
    assert str(version) == (text if ":" in text else f"0:{text}")
