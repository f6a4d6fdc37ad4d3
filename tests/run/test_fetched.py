"""Packs in S3 are fetched to plain names below one folder, within bounds, whole or not at all."""

import errno
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postpatch.aws.session import Connection
from postpatch.errors import BadEvidence, BadOptions, CouldNotCheck
from postpatch.evidence.pack import MANIFEST, digest, is_plain
from postpatch.model import S3Folder, s3_folder
from postpatch.run import stored
from postpatch.run.stored import fetched, store_pack
from postpatch.simulator import Simulator
from tests.run.test_stored import THERE, Holding, aws, connection, contents, holding, pack, put

__all__ = ["aws", "connection", "holding", "pack"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.text("ab./-_ \\\n", min_size=1, max_size=12), min_size=1, max_size=4, unique=True))
def test_only_plain_names_are_written_and_only_below_the_folder(holding: Holding, names: list[str]) -> None:
    """Whatever the keys are: all are plain and become those files, or nothing is fetched."""
    kept = [name for name in names if is_plain(name)]
    try:
        with fetched(THERE, holding(*((name, 1) for name in names))) as folder:
            assert sorted(contents(folder)) == sorted(names) == sorted(kept)
    except BadEvidence:
        assert kept != names or any(one.startswith(f"{two}/") for one in names for two in names)


def test_a_full_disk_is_one_sentence(holding: Holding, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to do first, and nothing is left."""
    connection = holding(("a/b", 1))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(stored, "get_file", full)
    with pytest.raises(CouldNotCheck, match=r"Free space .*TMPDIR: s3://.* No space left"), fetched(THERE, connection):
        pass


def test_folders_that_the_console_made_are_no_files(aws: Simulator, connection: Connection) -> None:
    """An empty object whose key ends with a slash is what the console shows as a folder."""
    for key in ("rounds/", "rounds/one/"):
        put(aws, key, b"")
    put(aws, f"rounds/one/{MANIFEST}")
    with fetched(THERE, connection) as folder:
        assert contents(folder) == {f"one/{MANIFEST}": b"x"}


def test_a_file_that_is_a_folder_too_is_refused(holding: Holding) -> None:
    """S3 may hold both; a disk cannot."""
    with pytest.raises(BadEvidence, match="is a file and a folder"), fetched(THERE, holding(("a", 1), ("a/b", 1))):
        pass


@pytest.mark.parametrize("bound", ["MOST_OBJECTS", "MOST_BYTES"])
def test_what_is_fetched_is_bounded(holding: Holding, monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    """In number and in bytes; the first object beyond it ends the listing."""
    monkeypatch.setattr(stored, bound, 2)
    with pytest.raises(BadEvidence, match="fewer packs"), fetched(THERE, holding(("a", 1), ("b", 1), ("c", 1))):
        pass


def test_a_folder_is_not_the_beginning_of_another_name(aws: Simulator, connection: Connection) -> None:
    """`rounds` is not `rounds-of-others`."""
    put(aws, "rounds-of-others/x")
    with pytest.raises(BadEvidence, match="holds nothing"), fetched(THERE, connection):
        pass


def test_an_object_that_changes_meanwhile_is_an_error(
    aws: Simulator, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was listed is what is read, or the command says so; no more is read than was listed."""
    put(aws, "rounds/a", b"x" * 10)
    for size in (9, 11):
        monkeypatch.setattr(stored, "objects_in", lambda *_, size=size: iter([("a", size)]))
        with pytest.raises(CouldNotCheck, match="changed while it was read"), fetched(THERE, connection):
            pass


def test_a_bucket_that_is_not_there_is_named(connection: Connection, pack: Path) -> None:
    """S3's own words come last."""
    nowhere = S3Folder("no-such-bucket", "x")
    with pytest.raises(CouldNotCheck, match=r"s3://no-such-bucket/x.*NoSuchBucket"), fetched(nowhere, connection):
        pass
    with pytest.raises(CouldNotCheck, match=r"S3 to store s3://no-such-bucket/x.*NoSuchBucket"):
        store_pack(pack, digest(pack), nowhere, connection)


@pytest.mark.parametrize(
    ("text", "bucket", "prefix"),
    [
        ("s3://example", "example", ""),
        ("s3://example/", "example", ""),
        ("s3://example/a/b/", "example", "a/b"),
        ("s3://example/day=2026-11-29/(x)", "example", "day=2026-11-29/(x)"),
    ],
)
def test_a_folder_in_s3_is_read(text: str, bucket: str, prefix: str) -> None:
    """With or without a prefix, and a slash at its end."""
    assert s3_folder(text) == S3Folder(bucket, prefix)


@pytest.mark.parametrize(
    "text",
    ["", "s3://", "s3:///x", "S3://example/x", "s3://Ex", "s3://example//x", "s3://example/../x", "s3://example/a b",
     "s3://e", "https://example/x", "s3://example/x?versionId=1"],
)  # fmt: skip
def test_what_names_no_folder_is_refused(text: str) -> None:
    """The message shows what was given."""
    with pytest.raises(BadOptions, match="Name a folder in S3"):
        s3_folder(text)
