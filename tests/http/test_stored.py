"""A run that keeps its pack in S3: it is there, whole; and where it cannot be, the run says so and is no pass."""

from pathlib import Path

import pytest

from postpatch.__main__ import main
from postpatch.evidence.pack import MANIFEST
from tests.http.conftest import KEYS

ROOT = Path(__file__).parents[2]


def test_a_run_keeps_its_pack_in_s3(serve, judge, tmp_path, monkeypatch, capsys):
    """Reading only, as a pipeline may; the manifest's sha256 that was printed is that of the pack in S3."""
    policy = tmp_path / "policy.toml"
    written = (ROOT / "verify.toml").read_text(encoding="utf-8")
    policy.write_text(written.replace("poll_seconds = 30", "poll_seconds = 1"), encoding="utf-8")
    server = serve("workshop", "--poll-takes", "300")
    live = ["--aws", "live", "--endpoint-url", server.url, f"--policy={policy}"]
    reports = tmp_path / "served"
    assert judge(reports, "-m", "baseline", *live)[0] == 0
    server.remediate()
    # No bucket: what passed is kept here alone, and that is said.
    code, out = judge(reports, "-m", "verify", *live, "--store=s3://example-patch-evidence/rounds")
    assert code == 10, out
    assert "NOT STORED in s3://example-patch-evidence/rounds: " in out
    assert "NoSuchBucket" in out
    assert "postpatch evidence store" in out
    assert (reports / MANIFEST).exists()
    server.client("s3").create_bucket(Bucket="example-patch-evidence")
    for name, value in (KEYS | {"NO_PROXY": "*", "no_proxy": "*"}).items():
        monkeypatch.setenv(name, value)
    there = f"--endpoint-url={server.url}"
    assert main(["evidence", "store", str(reports), "s3://example-patch-evidence/by-hand", there]) == 0
    code, out = judge(reports, "-m", "verify", "--read-only", *live, "--store=s3://example-patch-evidence/rounds")
    assert code == 0, out
    place = next(line for line in out.splitlines() if line.startswith("stored: ")).removeprefix("stored: ")
    sealed = next(line for line in out.splitlines() if line.startswith("evidence: ")).rpartition(" ")[2]
    capsys.readouterr()
    assert main(["evidence", "check", place, there, "--digest", sealed]) == 0, capsys.readouterr().err
    assert main(["gather", "s3://example-patch-evidence/rounds", there, f"--to={tmp_path / 'fleet'}"]) == 0
    assert main(["history", "s3://example-patch-evidence", there, f"--out={tmp_path / 'history.html'}"]) == 0
    assert "2 rounds" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--aws", "simulated", "--store=s3://example/x"), "--store keeps evidence, and a rehearsal is none"),
        (("--aws", "live", "--store=bucket/x"), "--store: Name a folder in S3 as s3://BUCKET"),
    ],
    ids=["rehearsal", "no-folder"],
)
def test_a_place_that_cannot_be_used_is_refused_before_anything_is_asked(judge, tmp_path, words, why):
    """With the exit code of a wrong command line."""
    code, out = judge(tmp_path / "reports", "-m", "verify", *words)
    assert code == 4, out
    assert why in out
