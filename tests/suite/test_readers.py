"""What a first reader tripped over."""

import json
import shutil


def test_a_simulated_baseline_never_displaces_one_of_aws(rehearse, rehearsed, tmp_path):
    """Rehearsing in the folder of the real reports must not put a simulation where the baseline stands."""
    taken = rehearsed("-m", "baseline", "--world", "workshop")
    assert "saved in" in taken.out
    reports = shutil.copytree(taken.reports, tmp_path / "taken")
    manifest = reports / "baseline.manifest.json"
    document = json.loads(manifest.read_text(encoding="utf-8")) | {"mode": "live", "stage": ""}
    manifest.write_text(json.dumps(document), encoding="utf-8")
    before = (reports / "baseline.ndjson.gz").read_bytes()
    again = rehearse("-m", "baseline", "--world", "workshop", f"--reports={reports}")
    assert again.exit == 4
    assert "is a baseline of AWS itself" in again.out
    assert (reports / "baseline.ndjson.gz").read_bytes() == before


def test_the_report_before_is_kept(rehearse):
    """A run that could look at nothing leaves the last good report alone; one that judged puts it aside."""
    good = rehearse("-k", "window_duration")
    there = f"--reports={good.reports}"
    page = (good.reports / "verify.html").read_bytes()
    rehearse(there, "-k", "window_duration", "--aws", "live", AWS_ENDPOINT_URL="http://127.0.0.1:1")
    assert (good.reports / "verify.html").read_bytes() == page
    rehearse(there, "-k", "window_duration")
    (earlier,) = (good.reports / "runs").glob("2*")
    assert (earlier / "verify.html").read_bytes() == page
    assert (earlier / "evidence" / "window.json").exists()


def test_the_environment_does_not_reach_the_embedded_aws(rehearse):
    """Endpoints and profiles of the terminal play no part in a rehearsal."""
    ran = rehearse("-k", "window_duration", AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_PROFILE="nope")
    assert ran.exit == 0, ran.out


def test_classic_in_a_world_without_it_is_a_usage_error(rehearse):
    """A world that is not made for Inspector Classic is refused before anything runs."""
    ran = rehearse("--inspector", "classic", "--world", "unpatched")
    assert ran.exit == 4
    assert "workshop-classic" in ran.out
