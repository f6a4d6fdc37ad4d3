"""The commands that read packs, with `s3://…` in the place of a folder: what they say, and what they leave."""

import re
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from postpatch.__main__ import main
from postpatch.aws import s3
from postpatch.aws.session import Connection
from postpatch.evidence.pack import digest
from postpatch.simulator import Simulator, worlds
from tests.packs.sealing import sealed
from tests.packs.test_packs import SMALL

Say = Callable[..., tuple[int, str]]
THERE = "s3://example-patch-evidence/rounds"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Simulator:
    """Return a simulated AWS with a bucket, on which the commands connect."""
    simulator = Simulator(worlds()["workshop"], datetime(2026, 11, 20, 21, tzinfo=UTC))
    simulator.client("s3").create_bucket(Bucket="example-patch-evidence")

    def connect(*_: object, storing: bool = False, **__: object) -> Connection:
        return Connection(simulator.session(), poll_seconds=0, writes=s3.WRITES if storing else frozenset())

    monkeypatch.setattr(s3, "s3_connection", connect)
    return simulator


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Return a pack."""
    return sealed(SMALL, tmp_path / "made")


@pytest.fixture
def say(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., tuple[int, str]]:
    """Return what runs `postpatch WORDS`, and returns its exit code and all that it printed.

    Nothing that was fetched is left, and no path of it was printed.
    """
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    def run(*words: object) -> tuple[int, str]:
        capsys.readouterr()
        code = main([*map(str, words)])
        said = capsys.readouterr()
        assert list(temporary.iterdir()) == []
        assert str(temporary) not in said.out + said.err
        return code, said.out + said.err

    return run


@pytest.fixture
def stored(aws: Simulator, pack: Path, say: Say) -> str:  # noqa: ARG001 - what the command asks
    """Store the pack by the command, and return where it is."""
    code, said = say("evidence", "store", pack, THERE)
    found = re.fullmatch(rf"stored: ({THERE}/\d{{8}}T\d{{6}}Z-\w+), sha256 ([0-9a-f]{{64}})\n", said)
    assert code == 0
    assert found
    assert found[2] == digest(pack)
    return found[1]


def test_a_pack_is_checked_where_it_is(stored: str, pack: Path, say: Say) -> None:
    """It is whole, and called by its address; another digest than the one that was printed is a problem."""
    code, said = say("evidence", "check", stored, "--digest", digest(pack))
    assert (code, f"{stored}/manifest.json: sha256 {digest(pack)}" in said) == (0, True), said
    assert say("evidence", "check", stored, "--digest", "0" * 64)[0] == 1


def test_a_pack_is_judged_again_where_it_is(stored: str, say: Say) -> None:
    """The verdict is repeated from what S3 holds."""
    code, said = say("evidence", "rejudge", stored)
    assert (code, "judged again from its evidence alone" in said) == (0, True), said


def test_what_was_altered_in_s3_is_found(aws: Simulator, stored: str, say: Say) -> None:
    """Whoever may write to the bucket may alter an object, and add one."""
    client, prefix = aws.client("s3"), stored.removeprefix("s3://example-patch-evidence/")
    client.put_object(Bucket="example-patch-evidence", Key=f"{prefix}/verify.json", Body=b"{}")
    client.put_object(Bucket="example-patch-evidence", Key=f"{prefix}/more.json", Body=b"{}")
    code, said = say("evidence", "check", stored)
    assert code == 1
    assert "verify.json: altered" in said
    assert "more.json: added" in said


def test_packs_in_s3_are_gathered(stored: str, pack: Path, tmp_path: Path, say: Say) -> None:
    """As those of a folder are; the page has no link to what is gone."""
    code, said = say("gather", THERE, "--to", tmp_path / "fleet")
    assert (code, "FAIL: 0 of 1 target passed, 1 failed" in said) == (1, True), said
    page = (tmp_path / "fleet" / "fleet.html").read_text(encoding="utf-8")
    assert f"<code>{stored}</code>" in page
    assert "verify.html" not in page
    here = say("gather", pack, "--to", tmp_path / "here")
    assert here[0] == code


def test_the_report_of_packs_in_s3_needs_a_place(aws: Simulator, say: Say) -> None:
    """The first folder is none that a page can be written to."""
    assert say("gather", THERE) == (4, f"Name a folder for the fleet's report with --to DIR: {THERE} is in S3.\n")
    assert say("history", THERE) == (2, f"Name a file for the page with --out FILE: {THERE} is in S3.\n")
    assert aws.client("s3").list_objects_v2(Bucket="example-patch-evidence")["KeyCount"] == 0


def test_a_history_of_packs_in_s3(stored: str, tmp_path: Path, say: Say) -> None:
    """With the packs of a folder beside it; a pack that is in both counts once."""
    page = tmp_path / "history.html"
    code, said = say("history", THERE, tmp_path / "made" / "pack", "--out", page)
    assert code == 0, said
    assert said.startswith("stack pww, 123456789012, us-east-1 (recorded files): 1 round\n")
    assert stored.rpartition("/")[2] not in said
    assert "href" not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "code"),
    [(("evidence", "check"), 2), (("evidence", "rejudge"), 2), (("history", "--out=x"), 2), (("gather", "--to=x"), 4)],
    ids=["check", "rejudge", "history", "gather"],
)
def test_an_empty_folder_in_s3_is_one_sentence(aws: Simulator, say: Say, words: tuple[str, ...], code: int) -> None:
    """It says what to name; no page is written."""
    assert say(*words, THERE) == (code, f"Name a folder in S3 that holds packs: {THERE} holds nothing.\n")
    assert aws.front.broken == []


def test_what_cannot_be_read_could_not_be_judged(aws: Simulator, say: Say) -> None:
    """A permission that is missing is named, and gathering ends with 10."""
    aws.restrict({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}})
    code, said = say("gather", THERE, "--to=x")
    assert (code, "Allow s3:ListBucket" in said) == (10, True), said


def test_a_word_that_is_no_folder_in_s3_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """By argparse, as any other word that cannot be used."""
    with pytest.raises(SystemExit, match="2"):
        main(["evidence", "check", "s3://No/x"])
    assert "Name a folder in S3 as s3://BUCKET" in capsys.readouterr().err


def test_a_pack_that_is_not_whole_is_not_stored(aws: Simulator, pack: Path, say: Say) -> None:
    """Nothing of it is put."""
    (pack / "verify.json").write_text("{}", encoding="utf-8")
    code, said = say("evidence", "store", pack, THERE)
    assert (code, "was not stored" in said) == (1, True), said
    assert aws.client("s3").list_objects_v2(Bucket="example-patch-evidence")["KeyCount"] == 0
