"""`--baseline reconstruct`: for whoever patched without taking a baseline, and never more than AWS still tells."""

import json

import pytest

COULD_NOT_LOOK, USAGE = 10, 4
REST_ON_A_BASELINE = {"SCAN-1", "SCAN-2", "SCAN-3", "PATCH-1", "PATCH-2", *(f"FIND-{number}" for number in range(1, 8))}
RECONSTRUCT = "--baseline=reconstruct"


def kept(ran, name):
    """Return a value that the run kept as evidence."""
    return json.loads((ran.reports / "evidence" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("world", ["workshop", "scanned-overnight"])
def test_the_counts_are_those_of_a_baseline_that_was_taken(rehearsed, world):
    """Whether findings close while we look or closed in the night, packages and ports are counted alike."""
    taken, afterwards = rehearsed("--world", world), rehearsed("--world", world, RECONSTRUCT)
    assert afterwards.exit == taken.exit == 0, afterwards.out
    assert afterwards.verdict["counts"] == taken.verdict["counts"]
    assert afterwards.verdict["severities"] == taken.verdict["severities"]
    assert kept(afterwards, "rehearsal")["baseline"] == ""


def test_settings_have_no_history(rehearsed):
    """CIS checks of before cannot be had: those that fail now are neither new nor remaining, and that is told."""
    ran = rehearsed("--world", "workshop", RECONSTRUCT)
    settings = ran.verdict["configuration"]
    assert settings["after"] == settings["not_scanned"] > 0
    assert settings["baseline"] == settings["new"] == settings["remaining"] == settings["fixed"] == 0


def test_it_is_labelled_wherever_it_is_told(rehearsed):
    """Terminal, JSON, HTML and evidence say that the baseline was reconstructed, and what it cannot know."""
    ran = rehearsed("--world", "workshop", RECONSTRUCT)
    limit = "severities are those of today, not those before patching"
    assert "the baseline was RECONSTRUCTED after patching" in ran.out
    assert limit in ran.out
    assert "reconstructed baseline" in ran.out
    assert "compared with a baseline that was reconstructed afterwards" in ran.verdict["sentence"]
    assert ran.verdict["baseline"]["source"].startswith("reconstructed after patching; SIMULATED")
    notes = {check["id"]: " ".join(check["notes"]) for check in ran.verdict["checks"]}
    assert all(limit in notes[check] for check in ("SCAN-3", "FIND-1"))
    assert limit in (ran.reports / "verify.html").read_text(encoding="utf-8")
    manifest = kept(ran, "baseline.manifest")
    assert manifest["reconstructed"] is True
    assert limit in manifest["limits"]


def test_it_never_stands_as_a_baseline_that_was_taken(rehearse, rehearsed):
    """It is kept as evidence alone, and a later run that names it says what it is."""
    ran = rehearsed("--world", "workshop", RECONSTRUCT)
    assert not list(ran.reports.glob("baseline*"))
    later = rehearse("--world", "workshop", f"--baseline={ran.reports / 'evidence' / 'baseline.ndjson.gz'}")
    assert later.exit == 0, later.out
    assert "the baseline was RECONSTRUCTED" in later.out
    assert kept(later, "baseline.manifest")["reconstructed"] is True


@pytest.mark.parametrize(
    ("world", "words"),
    [
        ("unpatched", "shows an installation on any host in scope, so there is no patching before which"),
        ("month-later", "more than 30 days ago: Inspector has deleted findings that closed since"),
    ],
)
def test_where_nothing_can_be_reconstructed_nothing_is_judged(rehearse, world, words):
    """Without a known round, or beyond AWS's retention, nobody could look: what to do is named, and no scan begun."""
    ran = rehearse("--world", world, RECONSTRUCT)
    assert ran.exit == COULD_NOT_LOOK
    assert ran.ids("error") >= REST_ON_A_BASELINE
    assert not ran.ids("failed")
    assert words in ran.reason("FIND-1")
    assert ran.reason("FIND-1").startswith("Take a baseline before you patch")
    assert not (ran.reports / "evidence" / "launch.json").exists()


@pytest.mark.parametrize(
    ("world", "red"),
    [
        pytest.param("terminated-host", {"SCAN-3"}, id="a-host-that-went-is-known-by-its-closed-findings"),
        pytest.param("replaced-host", {"SCAN-3", "PATCH-1", "PATCH-2", "FIND-3"}, id="a-new-host-is-new"),
        pytest.param("slept-through", {"PATCH-1", "PATCH-2", "FIND-4"}, id="a-host-that-the-round-missed"),
        pytest.param("late-install", {"FIND-3"}, id="what-was-let-in-since"),
        pytest.param("suppressed-new", {"FIND-6"}, id="what-was-let-in-and-hidden"),
        pytest.param("detached-host", {"TGT-2"}, id="another-teams-host-with-our-tag-is-not-gone"),
    ],
)
def test_what_is_red_stays_red(rehearse, world, red):
    """A defect that a taken baseline shows is shown by a reconstructed one too."""
    ran = rehearse("--world", world, RECONSTRUCT)
    assert ran.ids("failed") == red, ran.out


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--aws", "recorded"), "with --aws recorded the baseline is an exported file"),
        (("--inspector", "classic"), "Classic keeps its runs"),
        (("-m", "baseline"), "-m baseline takes one, before patching"),
    ],
    ids=["files", "classic", "taking-one"],
)
def test_where_it_makes_no_sense_it_is_refused(rehearse, args, words):
    """Two files, Inspector Classic and a run that takes a baseline refuse it before anything is asked."""
    ran = rehearse(*args, RECONSTRUCT)
    assert ran.exit == USAGE
    assert words in ran.out
