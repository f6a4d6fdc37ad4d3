"""What was set up otherwise than at the baseline: settings and ports, and what nobody can say of them."""

from collections.abc import Callable

import pytest

from postpatch.model import Finding, FindingType
from postpatch.verdict.delta import Delta

A = "i-0aaaaaaaaaaaaaaa1"

Make = Callable[..., Finding]
MakeDelta = Callable[..., Delta]


def opened(delta: Delta) -> tuple[int, int]:
    """Return how many were opened since the baseline, and of how many it does not say."""
    return len(list(delta.opened())), len(list(delta.opened(known=False)))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("CLOSED", "ACTIVE", (1, 0), id="passed-and-fails"),
        pytest.param("ACTIVE", "ACTIVE", (0, 0), id="failed-and-fails"),
        pytest.param("SKIPPED", "ACTIVE", (0, 1), id="skipped-and-fails"),
        pytest.param(None, "ACTIVE", (0, 1), id="no-such-check-before"),
        pytest.param("CLOSED", "SKIPPED", (0, 0), id="passed-and-skipped"),
        pytest.param("CLOSED", "CLOSED", (0, 0), id="passes"),
    ],
)
def test_a_cis_check(
    root_login: Make, make_delta: MakeDelta, before: str | None, after: str, expected: tuple[int, int]
) -> None:
    """Only a check that the baseline says was passed is newly wrong; of one that it did not look at nobody knows."""
    baseline = [root_login(status=before)] if before else []
    assert opened(make_delta(baseline, [root_login(status=after)], others=[A])) == expected


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param({"unscanned_before": [A]}, id="no-cis-scan-before"),
        pytest.param({"launched": [A]}, id="a-new-host"),
    ],
)
def test_without_a_cis_scan_before_nobody_knows(
    root_login: Make, make_finding: Make, make_delta: MakeDelta, seen: dict[str, list[str]]
) -> None:
    """A check that fails on a host of which the baseline tells nothing may have failed then too."""
    assert opened(make_delta([], [root_login()], **seen)) == (0, 1)
    port = make_finding("", type=FindingType.NETWORK, protocol="TCP", port_begin=22, port_end=22, packages=())
    assert opened(make_delta([], [port], **seen)) == (0, 1)


@pytest.fixture
def port(make_finding: Make) -> Callable[..., Finding]:
    """Make an open port range, `22-80`."""

    def make(span: str, protocol: str = "TCP", **changes: object) -> Finding:
        begin, _, end = span.partition("-")
        where = {"protocol": protocol, "port_begin": int(begin), "port_end": int(end or begin)}
        return make_finding("", type=FindingType.NETWORK, packages=(), **where, **changes)

    return make


@pytest.mark.parametrize(
    ("before", "after", "is_opened"),
    [
        pytest.param([], "22", True, id="closed-before"),
        pytest.param(["22"], "22", False, id="open-before"),
        pytest.param(["80"], "22", True, id="another-was-open"),
        pytest.param(["0-1024"], "22", False, id="within-a-range-that-was-open"),
        pytest.param(["22"], "22-80", True, id="a-range-that-grew"),
        pytest.param(["22-79"], "22-80", True, id="a-range-that-grew-by-one"),
        pytest.param(["22", "23"], "22-23", True, id="two-made-one"),
    ],
)
def test_a_port(
    port: Callable[..., Finding], make_delta: MakeDelta, before: list[str], after: str, is_opened: bool
) -> None:
    """A port is newly open unless it lies within one range that was open before."""
    delta = make_delta([port(span) for span in before], [port(after)], others=[A])
    assert opened(delta) == (int(is_opened), 0)


def test_another_protocol_is_another_port(port: Callable[..., Finding], make_delta: MakeDelta) -> None:
    """UDP says nothing of TCP."""
    assert opened(make_delta([port("53")], [port("53", "UDP")])) == (1, 0)


def test_a_port_that_was_suppressed_was_open(port: Callable[..., Finding], make_delta: MakeDelta) -> None:
    """To lift a suppression opens nothing."""
    assert opened(make_delta([port("22", status="SUPPRESSED")], [port("22")])) == (0, 0)


def test_a_port_that_was_closed_was_not_open(port: Callable[..., Finding], make_delta: MakeDelta) -> None:
    """A closed finding of the baseline is no open port."""
    assert opened(make_delta([port("22", status="CLOSED")], [port("22")])) == (1, 0)


def test_a_rule_of_classic(make_finding: Make, make_delta: MakeDelta) -> None:
    """A rule that Classic finds broken, and did not before, is opened; a package's flaw is none of this."""
    rule = make_finding("Disable root login over SSH", type=FindingType.RULE, packages=())
    assert opened(make_delta([], [rule, make_finding()], others=[A])) == (1, 0)
    assert opened(make_delta([rule], [rule])) == (0, 0)
