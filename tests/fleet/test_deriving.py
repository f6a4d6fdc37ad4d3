"""`gather --derive`: a pack whose delta.csv is not what its snapshots give is an error, however well it is sealed."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from postpatch.__main__ import main
from postpatch.commands.gather import USAGE
from postpatch.fleet import spark_session
from postpatch.fleet.concerns import Concerns
from postpatch.fleet.gathering import gather
from postpatch.verdict import rules
from postpatch.verdict.run import Verdict
from tests.fleet.conftest import target


class Found:
    """An engine that finds one row of each pack that it is asked about."""

    def concerns(self, packs: Sequence[Path], most: int) -> Concerns:  # noqa: ARG002
        """Return none."""
        return Concerns()

    def differences(self, packs: Sequence[Path]) -> Mapping[Path, int]:
        """Return one for each."""
        return dict.fromkeys(packs, 1)


def test_a_delta_that_differs_is_an_error(
    put: Callable[..., Path], expect: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
):
    """Nothing of that pack counts any more; without `derive` nobody looks."""
    put(target())
    folder = expect(target())
    monkeypatch.setattr(rules, "current", lambda: rules.FIRST)
    assert gather([folder], engine=Found()).verdict is Verdict.PASS
    fleet = gather([folder], engine=Found(), derive=True)
    (row,) = fleet.rows
    assert (fleet.verdict, row.pack) == (Verdict.ERROR, None)
    assert row.errors == ("delta.csv is not what the pack's two snapshots give: 1 row differs",)


def test_other_rules_are_named(put: Callable[..., Path], expect: Callable[..., Path]):
    """A delta by earlier rules may rightly be another: it is not derived, and the report says so."""
    put(target())
    fleet = gather([expect(target())], engine=Found(), derive=True)
    assert fleet.verdict is Verdict.PASS
    assert any("its delta was not derived again: it is by rules version 1" in note for note in fleet.notes)


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """One sentence says what to install."""
    monkeypatch.setattr(spark_session, "find_spec", lambda _: None)
    assert main(["gather", str(tmp_path), "--engine", "spark", "--master", "spark://127.0.0.1:7077"]) == USAGE
    assert capsys.readouterr().err == "Install what runs on Spark: pip install 'postpatch[spark]'.\n"
