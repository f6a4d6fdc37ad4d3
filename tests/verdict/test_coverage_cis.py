"""SCAN-3 and the CIS scan: a host whose settings were looked at for the baseline must be looked at again."""

from collections.abc import Callable

import pytest

from postpatch.verdict.changed_hosts import ChangedHosts
from postpatch.verdict.coverage import same_hosts
from postpatch.verdict.delta import Delta

A, B = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2))


def test_a_host_that_the_cis_scan_left_out_is_red(make_delta: Callable[..., Delta]) -> None:
    """The CIS scan completed without the host: what it found there before is not known any more."""
    judgement = same_hosts(make_delta([], [], others=[A, B], cis_unscanned=[B]), ChangedHosts())
    assert not judgement.holds
    assert judgement.reason.endswith(f"hosts covered by the CIS scan for the baseline, but not now: {B}")


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param({"unscanned": [B], "cis_unscanned": [B]}, id="not-scanned-at-all-is-of-SCAN-2"),
        pytest.param({}, id="covered-both-times"),
    ],
)
def test_other_hosts_are_not_told_of_here(make_delta: Callable[..., Delta], seen: dict[str, list[str]]) -> None:
    """A host that was not scanned at all is another check's affair."""
    assert same_hosts(make_delta([], [], others=[A, B], **seen), ChangedHosts()).holds
