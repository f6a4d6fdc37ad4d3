"""The requirements that checks support: a row for each check, and a source for each framework."""

import re

import pytest

from postpatch.report.controls import checks_with_controls, controls_of, frameworks
from postpatch.verdict.checks import CHECKS

# How each framework writes its ids; one that is written otherwise is of another framework.
IDS = {
    "security-hub": r"(Inspector|SSM)\.\d",
    "nist-800-53": r"[A-Z]{2}-\d+(\(\d+\))?",
    "pci-dss": r"\d+(\.\d+){2,3}",
    "bsi-c5": r"OPS-\d{2}\.\d{2}(B|AS|AC)",
    "fedramp": r"V(DR|ER)-[A-Z]{3}-[A-Z]{3}",
    "cis": r"\d\.\d",
    "iso-27001": r"A\.\d\.\d+",
    "soc-2": r"CC\d\.\d",
}


def test_every_check_has_a_row() -> None:
    """No check is without requirements, and none that does not exist has any."""
    assert checks_with_controls() == {check.id for check in CHECKS}


@pytest.mark.parametrize("check", sorted(checks_with_controls()))
def test_an_id_is_written_as_its_framework_writes_it(check: str) -> None:
    """A requirement stands under its own framework, once."""
    controls = controls_of(check)
    assert len(controls) == len(set(controls)) > 0
    assert [control for control in controls if not re.fullmatch(IDS[control.framework.id], control.id)] == []


def test_every_framework_has_a_source_and_supports_something() -> None:
    """Whoever doubts an id can look it up."""
    used = {control.framework for check in CHECKS for control in controls_of(check.id)}
    assert used == set(frameworks().values())
    assert all(framework.source for framework in used)
