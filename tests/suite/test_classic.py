"""Inspector Classic, the tutorial's own flow."""

USAGE = 4


def test_the_tutorial_is_green_and_tells_its_story(rehearsed):
    """117 findings become fewer, and root login over SSH remains because it is a configuration."""
    ran = rehearsed("--inspector", "classic")
    assert ran.exit == 0, ran.out
    assert not ran.ids("failed") | ran.ids("error") | ran.ids("not assessed")
    counts = ran.verdict["counts"]
    assert counts["baseline"] == 117
    assert 0 < counts["after"] < 117
    assert ran.verdict["world"] == "workshop-classic"
    assert ran.verdict["calls"]["inspector:StartAssessmentRun"] == 1
    html = (ran.reports / "verify.html").read_text(encoding="utf-8")
    assert "Disable root login over SSH" in html
    assert ran.verdict["remaining_kinds"]["configuration"] > 0


def test_a_world_made_for_classic_needs_no_option(rehearse):
    """A world says itself which Inspector it is made for."""
    ran = rehearse("--world", "workshop-classic", "-k", "window_duration")
    assert ran.verdict["engine"] == "Inspector Classic"


def test_the_policy_may_choose_it(rehearse, policy_file):
    """A policy that names Classic rehearses in the world that is made for it, without an option."""
    ran = rehearse(policy_file(('engine = "v2"', 'engine = "classic"')), "-k", "window_duration")
    assert ran.exit == 0, ran.out
    assert (ran.verdict["engine"], ran.verdict["world"]) == ("Inspector Classic", "workshop-classic")


def test_live_it_is_refused_with_the_date_it_ended(rehearse):
    """Live, Classic is refused before any call, in words that say what to use instead."""
    ran = rehearse("--aws", "live", "--inspector", "classic")
    assert ran.exit == USAGE
    assert all(words in ran.out for words in ("2026-05-20", "Inspector v2", "--endpoint-url"))


def test_a_baseline_of_the_other_engine_is_refused(rehearse):
    """Findings of v2 and of Classic are counted differently: one is never the other's baseline."""
    taken = rehearse("-m", "baseline", "--world", "workshop-classic")
    ran = rehearse("--world", "workshop", f"--baseline={taken.reports}/baseline.ndjson.gz")
    assert (ran.exit, ran.out.count("engine inspector, this run's is inspector2")) == (USAGE, 1)


def test_a_baseline_file_serves_classic_too(rehearse):
    """A snapshot named with --baseline takes the place of the template's previous run."""
    taken = rehearse("-m", "baseline", "--inspector", "classic")
    assert taken.exit == 0, taken.out
    ran = rehearse("--inspector", "classic", f"--baseline={taken.reports}/baseline.ndjson.gz")
    assert ran.exit == 0, ran.out
    assert ran.verdict["counts"]["baseline"] == 117
