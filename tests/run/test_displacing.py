"""Which run may take the place of which: evidence gives way to evidence that is as good, or better."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from postpatch.evidence.pack import MANIFEST, PackManifest, seal
from postpatch.model import Mode
from postpatch.run.displacing import objections
from postpatch.run.options import Options
from postpatch.run.settings import resolve

POLICY = Path(__file__).parents[2] / "verify.toml"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
ENDPOINT = "http://127.0.0.1:4599"
# Each kind of run: the options that make it, and the mode and stage in the manifest of its pack.
KINDS = {
    "rehearsal": ({"aws": "simulated"}, Mode.SIMULATED, "world workshop"),
    "endpoint": ({"aws": "live", "endpoint_url": ENDPOINT}, Mode.LIVE, ENDPOINT),
    "recorded": ({"aws": "recorded", "baseline": str(POLICY), "after": str(POLICY)}, Mode.RECORDED, ""),
    "live": ({"aws": "live"}, Mode.LIVE, ""),
}
PROTECTED = {
    "rehearsal": {"recorded", "live", "unreadable"},
    "endpoint": {"recorded", "live", "unreadable"},
    "recorded": {"live", "unreadable"},
    "live": set(),
}


def settings_of(kind, reports):
    """Return the settings of a run of a kind, with its reports in a folder."""
    given = KINDS[kind][0]
    return resolve(Options(folder=reports, home=reports, policy=str(POLICY), reports=str(reports), **given))


def lay(kind, folder):
    """Lay the pack of a run of a kind into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "unreadable":
        (folder / MANIFEST).write_text("{}", encoding="utf-8")
    elif kind:
        _, mode, stage = KINDS[kind]
        seal(folder, [], PackManifest("postpatch", "run", mode, stage, "PASS", NOW, NOW))


@pytest.mark.parametrize("existing", ["", "unreadable", *KINDS])
@pytest.mark.parametrize("new", KINDS)
def test_the_rule(tmp_path, new, existing):
    """Exactly the packs that are worth more than the new run are protected; earlier ones are in nobody's way."""
    lay(existing, tmp_path)
    lay("live", tmp_path / "runs" / "20261120T080000Z-1111aaaa")
    said = list(objections(settings_of(new, tmp_path)))
    assert bool(said) == (existing in PROTECTED[new])
    assert all(one.startswith("Name another folder with --reports DIR: ") for one in said)
    assert all(str(tmp_path) in one for one in said)


@pytest.mark.parametrize(("existing", "refused"), [("live", True), ("recorded", False), ("rehearsal", False)])
def test_a_pack_judged_again_is_worth_less_than_the_run_itself(tmp_path, existing, refused):
    """The verdict on the evidence of a live run never takes the place of a live run."""
    lay(existing, tmp_path)
    again = replace(settings_of("live", tmp_path), pack=tmp_path / "pack")
    assert bool(list(objections(again))) is refused
