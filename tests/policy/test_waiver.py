"""`[[waiver]]`: what an accepted risk must say, and what it may not."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from postpatch.policy import Waiver, load_policy

Refused = Callable[..., list[str]]

WAIVER = {"vulnerability": "CVE-2026-1", "reason": "not reachable", "approver": "CISO", "expires": date(2027, 6, 1)}


NOTHING_NAMED = "waiver[1]: name a vulnerability, a package or a port: a waiver for everything is not accepted"
TEST_HOSTS = {"key": "Env", "value": "test"}
ONE_HOST = "i-0123456789abcdef0"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"vulnerability": None}, NOTHING_NAMED),
        ({"vulnerability": None, "host": ONE_HOST}, NOTHING_NAMED),
        ({"vulnerability": None, "host_tag": TEST_HOSTS}, NOTHING_NAMED),
        ({"reason": ""}, "waiver[1].reason: String should have at least 1 character"),
        ({"reason": "   "}, "waiver[1].reason: String should have at least 1 character"),
        ({"reason": None}, "waiver[1].reason: is missing"),
        ({"approver": None}, "waiver[1].approver: is missing"),
        ({"expires": None}, "waiver[1].expires: is missing"),
        ({"expires": "never"}, "waiver[1].expires: must be a date, written without quotes"),
        ({"expires": "2027-06-01"}, "waiver[1].expires: must be a date, written without quotes"),
        (
            {"expires": datetime(2027, 6, 1, 12, tzinfo=UTC)},
            "waiver[1].expires: must be a date, written without quotes",
        ),
        ({"host": "web-1"}, "waiver[1].host: must be an instance id, such as i-"),
        ({"host": ONE_HOST, "host_tag": TEST_HOSTS}, "waiver[1]: name a host or a host_tag, not both"),
        ({"host_tag": {"key": "Env"}}, "waiver[1].host_tag.value: is missing"),
        ({"host_tag": {"key": "Env", "value": "te*"}}, "waiver[1].host_tag.value: contains a wildcard"),
        ({"vulnerability": "CVE-2026-*"}, "waiver[1].vulnerability: contains a wildcard: name each accepted risk"),
        ({"package": "vim-?"}, "waiver[1].package: contains a wildcard"),
        ({"port": "22"}, "waiver[1].port: must be a protocol and its ports: TCP 22"),
        ({"port": "tcp/22"}, "waiver[1].port: must be a protocol and its ports: TCP 22"),
        ({"until": date(2027, 6, 1)}, "waiver[1].until: is not a key of the policy"),
    ],
)
def test_a_waiver_without_what_it_needs_is_refused(refused: Refused, changes: dict[str, Any], words: str) -> None:
    """A waiver says what, why, by whom and until when, each to the letter; which of the list is wrong is told."""
    (problem,) = refused(waiver=[WAIVER, WAIVER | {"vulnerability": "CVE-2026-2"} | changes])
    assert problem.startswith(words)


@pytest.mark.parametrize(
    "named",
    [{}, {"package": "vim"}, {"port": "TCP 22"}, {"host": ONE_HOST}, {"host_tag": TEST_HOSTS}],
    ids=["vulnerability", "package", "port", "host", "tag"],
)
def test_a_waiver_that_repeats_another_is_refused(refused: Refused, named: dict[str, Any]) -> None:
    """Two waivers that accept the same are one too many, whatever else they say, and both are named."""
    again = {"reason": "another", "approver": "CTO", "expires": date(2028, 1, 1), "ticket": "SEC-2"}
    other = {"vulnerability": "CVE-2026-2"}
    problems = refused(waiver=[WAIVER | named, WAIVER | other, WAIVER | named | again])
    assert problems == ["waiver[2]: is the same as waiver[0]: keep one of them"]


def test_waivers_that_differ_in_one_thing_are_two(write: Callable[..., Path]) -> None:
    """The same vulnerability on another host, in another package or on every host is another risk."""
    kinds = [{}, {"package": "vim"}, {"port": "TCP 22"}, {"host": ONE_HOST}, {"host_tag": TEST_HOSTS}]
    assert len(load_policy(write(waiver=[WAIVER | kind for kind in kinds])).waiver) == len(kinds)


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({}, "CVE-2026-1 on every host"),
        ({"package": "vim", "host": ONE_HOST}, f"CVE-2026-1 in vim on {ONE_HOST}"),
        ({"vulnerability": None, "package": "vim"}, "vim on every host"),
        ({"vulnerability": None, "port": "UDP 53", "host_tag": TEST_HOSTS}, "UDP 53 on hosts tagged Env=test"),
    ],
)
def test_a_waiver_says_what_it_accepts(named: dict[str, Any], words: str) -> None:
    """A waiver is told by what it names, and one without a host says that it holds on every one."""
    assert str(Waiver(**(WAIVER | named))) == words
