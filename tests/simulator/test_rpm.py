import pytest

from postpatch.simulator.hosts.rpm import Evr, rpmvercmp

# The cases that rpm's own manual and test suite name, and versions of real packages.
CASES = [
    ("1.0", "1.0", 0),
    ("1.0", "2.0", -1),
    ("2.0.1", "2.0.1", 0),
    ("2.0", "2.0.1", -1),
    ("2.0.1a", "2.0.1", 1),
    ("5.5p1", "5.5p2", -1),
    ("5.5p10", "5.5p1", 1),
    ("10xyz", "10.1xyz", -1),
    ("xyz10", "xyz10.1", -1),
    ("xyz.4", "8", -1),
    ("5.5p2", "5.6p1", -1),
    ("6.0.rc1", "6.0", 1),
    ("10b2", "10a1", 1),
    ("1.0a", "1.0aa", -1),
    ("10.0001", "10.0039", -1),
    ("4.999.9", "5.0", -1),
    ("20101121", "20101122", -1),
    ("2_0", "2.0", 0),
    ("a", "a+", 0),
    ("1.0~rc1", "1.0", -1),
    ("1.0~rc1", "1.0~rc2", -1),
    ("1.0~rc1~git123", "1.0~rc1", -1),
    ("1.0^", "1.0", 1),
    ("1.0^git1", "1.01", -1),
    ("1.0^20160101", "1.0.1", -1),
    ("1.0~rc1^git1", "1.0~rc1", 1),
    ("1.0^git1~pre", "1.0^git1", -1),
    ("8.5.0", "8.11.1", -1),
    ("1.amzn2023.0.4", "1.amzn2023.0.10", -1),
    ("1.1.1k", "1.1.1zg", -1),
]


@pytest.mark.parametrize(("one", "other", "order"), CASES)
def test_versions_are_ordered_as_rpm_orders_them(one: str, other: str, order: int) -> None:
    """Each case of rpm's own order holds, both ways round."""
    assert rpmvercmp(one, other) == order
    assert rpmvercmp(other, one) == -order


def test_the_epoch_outweighs_the_version() -> None:
    """A higher epoch is newer, whatever the version says."""
    assert Evr.parse("0:9.9-1") < Evr.parse("1:1.0-1")


def test_the_release_decides_last() -> None:
    """Same epoch and version: the release decides."""
    assert Evr.parse("1:3.0.8-1.amzn2023.0.11") < Evr.parse("1:3.0.8-1.amzn2023.0.12")


@pytest.mark.parametrize("text", ["1:3.0.8-1.amzn2023.0.11", "0:6.1.79-99.167.amzn2023"])
def test_reading_and_writing_are_inverse(text: str) -> None:
    """What Inspector writes as fixedInVersion is read and written alike."""
    assert str(Evr.parse(text)) == text


def test_without_an_epoch_it_is_zero() -> None:
    """A version without an epoch has epoch 0."""
    assert Evr.parse("2.0-1") == Evr(0, "2.0", "1")
