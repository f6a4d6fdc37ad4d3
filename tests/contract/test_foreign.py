"""What `make foreign` fetches is pinned, and says of each difference why it is expected."""

import json
import re
from collections import Counter

from foreign.javascript_sdk import SOURCE
from foreign.moto_source import pinned_moto
from foreign.moto_tests import SUITES, read_expected


def test_every_expected_difference_has_one_reason() -> None:
    """A test is listed once, it is one of those that are run, and its reason is a sentence."""
    expected = read_expected()
    listed = Counter(test for tests in expected.values() for test in tests)
    assert set(listed.values()) == {1}
    assert [test for test in listed if not test.startswith(SUITES)] == []
    assert [reason for reason in expected if not re.fullmatch(r"[A-Z].{20,}\.", reason)] == []


def test_motos_tests_are_those_of_the_locked_version() -> None:
    """The source distribution is checked against the lock's own hashes."""
    version, requirement = pinned_moto()
    assert requirement.startswith(f"moto=={version} ")
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", requirement)) >= 2


def test_the_sdk_for_javascript_is_pinned() -> None:
    """Each package has a version and a hash, and no address of a package index."""
    packages = json.loads((SOURCE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = packages.pop("")["dependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all(row["integrity"].startswith("sha512-") and "resolved" not in row for row in packages.values())
