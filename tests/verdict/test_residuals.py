"""Why a finding is still there, by its own fields."""

from collections.abc import Callable
from typing import Any

import pytest

from postpatch.model import Finding, FindingType, Package
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import ORDER, Kind, is_fixed, kind_of, proof_of

OS, OS_NO_FIX, OS_SILENT = {}, {"fixed_in": "NotAvailable"}, {"fixed_in": None}
UNNAMED, UNNAMED_SILENT = {"manager": ""}, {"manager": "", "fixed_in": None}
STRANGE, STRANGE_NO_FIX = {"manager": "SNAP"}, {"manager": "SNAP", "fixed_in": "NotAvailable"}
NODE, NODE_NO_FIX = {"manager": "NODEPKG"}, {"manager": "NODEPKG", "fixed_in": "NotAvailable"}

# Inspector's fixAvailable, the finding's packages, and the kind that follows.
KINDS = [
    pytest.param("YES", [OS], Kind.PATCHABLE, id="a-fixed-version"),
    pytest.param("NO", [OS], Kind.PATCHABLE, id="a-fixed-version-against-the-flag"),
    pytest.param(None, [OS], Kind.PATCHABLE, id="a-fixed-version-without-the-flag"),
    pytest.param("PARTIAL", [OS, OS_NO_FIX], Kind.PATCHABLE, id="a-fixed-version-for-one-of-two"),
    pytest.param("YES", [OS_SILENT], Kind.PATCHABLE, id="only-the-flag-says-so"),
    pytest.param("PARTIAL", [OS_SILENT], Kind.PATCHABLE, id="only-the-flag-says-partly"),
    pytest.param("YES", [{"fixed_in": ""}], Kind.PATCHABLE, id="an-empty-version-and-the-flag"),
    pytest.param("YES", [], Kind.PATCHABLE, id="no-packages-and-the-flag"),
    pytest.param("PARTIAL", [], Kind.PATCHABLE, id="no-packages-and-partly"),
    pytest.param("YES", [UNNAMED], Kind.PATCHABLE, id="no-manager"),
    pytest.param(None, [UNNAMED], Kind.PATCHABLE, id="no-manager-no-flag"),
    pytest.param("YES", [UNNAMED_SILENT], Kind.PATCHABLE, id="no-manager-no-version"),
    pytest.param("YES", [OS, NODE], Kind.PATCHABLE, id="os-and-language"),
    pytest.param("YES", [OS_NO_FIX], Kind.PATCHABLE, id="flag-and-versions-contradict"),
    pytest.param("PARTIAL", [OS_NO_FIX], Kind.PATCHABLE, id="partly-and-versions-contradict"),
    pytest.param("YES", [OS_SILENT, NODE], Kind.PATCHABLE, id="silent-os-package-beside-a-language-one"),
    pytest.param("NO", [OS_NO_FIX], Kind.NO_FIX, id="no-fix"),
    pytest.param(None, [OS_NO_FIX], Kind.NO_FIX, id="no-fix-by-its-version"),
    pytest.param("NO", [OS_SILENT], Kind.NO_FIX, id="no-fix-by-the-flag"),
    pytest.param("NO", [], Kind.NO_FIX, id="no-fix-without-packages"),
    pytest.param("YES", [OS_NO_FIX, NODE], Kind.NO_FIX, id="the-fix-is-the-language-packages"),
    pytest.param("PARTIAL", [OS_NO_FIX, NODE], Kind.NO_FIX, id="the-part-is-the-language-packages"),
    pytest.param("YES", [NODE], Kind.NOT_OS_PACKAGE, id="language"),
    pytest.param("NO", [NODE_NO_FIX], Kind.NOT_OS_PACKAGE, id="language-without-fix"),
    pytest.param(None, [NODE, NODE_NO_FIX], Kind.NOT_OS_PACKAGE, id="two-language-packages"),
    pytest.param("YES", [OS, STRANGE], Kind.PATCHABLE, id="os-and-an-unknown-manager"),
    pytest.param("YES", [OS_NO_FIX, STRANGE], Kind.UNKNOWN, id="the-fix-is-an-unknown-managers"),
    pytest.param("NO", [OS_NO_FIX, STRANGE_NO_FIX], Kind.UNKNOWN, id="no-fix-of-an-unknown-manager"),
    pytest.param("YES", [NODE, STRANGE], Kind.UNKNOWN, id="language-and-an-unknown-manager"),
    pytest.param(None, [], Kind.UNKNOWN, id="nothing-is-said"),
    pytest.param(None, [OS_SILENT], Kind.UNKNOWN, id="nothing-is-said-of-an-os-package"),
    pytest.param(None, [OS_NO_FIX, OS_SILENT], Kind.UNKNOWN, id="nothing-is-said-of-one-of-two"),
]


@pytest.mark.parametrize(("fix_available", "packages", "kind"), KINDS)
def test_kind_of_a_package_finding(
    make_finding: Callable[..., Finding],
    make_package: Callable[..., Package],
    fix_available: str | None,
    packages: list[dict[str, Any]],
    kind: Kind,
) -> None:
    """A fixable operating-system package is patchable whatever field is missing; doubt is never an explanation."""
    made = tuple(make_package(**changes) for changes in packages)
    assert kind_of(make_finding(fix_available=fix_available, packages=made)) is kind
    assert kind_of(make_finding(fix_available=fix_available, packages=made[::-1])) is kind


@pytest.mark.parametrize(
    ("of_type", "kind"),
    [
        (FindingType.CONFIGURATION, Kind.CONFIGURATION),
        (FindingType.NETWORK, Kind.NETWORK),
        (FindingType.CODE, Kind.UNKNOWN),
        ("SOMETHING_NEW", Kind.UNKNOWN),
    ],
)
def test_kind_by_type(make_finding: Callable[..., Finding], of_type: str, kind: Kind) -> None:
    """A setting and an open port explain themselves; a type that nobody knows does not."""
    assert kind_of(make_finding(type=of_type)) is kind


@pytest.mark.parametrize("fix_available", ["YES", "NO", None])
def test_a_discontinued_system_explains_its_own_finding(
    make_finding: Callable[..., Finding], fix_available: str | None
) -> None:
    """Inspector's finding on the system itself is known by its id, whatever it says of a fix: no patch fixes it."""
    found = make_finding("IN-DISCONTINUED-001", title="Platform End Of Life", fix_available=fix_available, packages=())
    assert kind_of(found) is Kind.DISCONTINUED
    assert proof_of(found) == (("vulnerabilityId", "IN-DISCONTINUED-001"), ("title", "Platform End Of Life"))


@pytest.mark.parametrize(("fixed_in", "fixed"), [("1:2-3", True), ("NotAvailable", False), ("", False), (None, False)])
def test_what_names_a_fixed_version(make_package: Callable[..., Package], fixed_in: str | None, fixed: bool) -> None:
    """Only a version is a fix; Inspector's NotAvailable and silence are none."""
    assert is_fixed(make_package(fixed_in=fixed_in)) is fixed


def test_only_the_last_kinds_are_no_explanation() -> None:
    """Each kind is explained to people, and of those that share an identity the unexplained one speaks."""
    assert set(EXPLANATIONS) == set(Kind) == set(ORDER)
    assert [kind for kind in ORDER if not EXPLANATIONS[kind].explained] == [
        Kind.CONTRADICTED,
        Kind.MISSING,
        Kind.PATCHABLE,
        Kind.UNKNOWN,
    ]
    assert all(one.title and one.why and one.next_step and one.owner for one in EXPLANATIONS.values())
