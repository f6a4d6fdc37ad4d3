"""Packs in S3: put there once, never overwritten, and read from there as files of an archive that others made."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from iam.actions import FETCH, STORE
from iam.policies import policy_of, proved
from postpatch.aws import s3
from postpatch.aws.session import Connection
from postpatch.errors import BadEvidence, CouldNotCheck
from postpatch.evidence.attestation import ENVELOPE
from postpatch.evidence.pack import MANIFEST, digest, read_manifest
from postpatch.evidence.pack_check import problems
from postpatch.model import S3Folder
from postpatch.run import stored
from postpatch.run.stored import fetched, store_pack
from postpatch.simulator import Fault, Mishap, Simulator, worlds
from tests.packs.sealing import sealed
from tests.packs.test_packs import SMALL

ANY_DAY = datetime(2026, 11, 20, 21, tzinfo=UTC)
BUCKET = "example-patch-evidence"
THERE = S3Folder(BUCKET, "rounds")
Holding = Callable[..., Any]


@pytest.fixture
def aws() -> Simulator:
    """Return a simulated AWS with an empty bucket."""
    simulator = Simulator(worlds()["workshop"], ANY_DAY)
    simulator.client("s3").create_bucket(Bucket=BUCKET)
    return simulator


@pytest.fixture
def connection(aws: Simulator) -> Connection:
    """Return a connection that may store."""
    return Connection(aws.session(), poll_seconds=0, writes=s3.WRITES)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Return a pack."""
    return sealed(SMALL, tmp_path)


@pytest.fixture
def holding(monkeypatch: pytest.MonkeyPatch) -> Holding:
    """Return what stands in for S3 with objects of these names and sizes."""

    def hold(*objects: tuple[str, int]) -> Any:
        monkeypatch.setattr(stored, "objects_in", lambda *_: iter(objects))
        monkeypatch.setattr(stored, "get_file", lambda _c, _f, _n, path, _s: path.write_bytes(b"x"))
        return SimpleNamespace(at_once=2)

    return hold


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder by name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def keys(aws: Simulator) -> list[str]:
    """Return the keys in the bucket."""
    return [one["Key"] for one in aws.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", ())]


def put(aws: Simulator, key: str, body: bytes = b"x") -> None:
    """Put an object, as somebody else does."""
    aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)


def test_a_pack_that_was_stored_is_read_as_it_was_published(connection: Connection, pack: Path) -> None:
    """Every file comes back byte for byte, and the folder with them is gone afterwards."""
    (pack / ENVELOPE).write_text("{}", encoding="utf-8")
    target = store_pack(pack, digest(pack), THERE, connection)
    assert str(target).startswith(f"s3://{BUCKET}/rounds/")
    with fetched(target, connection) as folder:
        assert contents(folder) == contents(pack)
        assert problems(folder, read_manifest(folder)) == ()
    assert not folder.exists()


def test_the_manifest_is_put_last_with_the_checksum_of_each_file(
    aws: Simulator, connection: Connection, pack: Path
) -> None:
    """S3 is told what each file must be, and to put it only where nothing is."""
    sent: list[tuple[str, str]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        sent.append((params["url_path"].rpartition("/")[2], params["headers"]["If-None-Match"]))

    connection.client("s3").meta.events.register("before-call.s3.PutObject", note)
    target = store_pack(pack, digest(pack), THERE, connection)
    checksums = {file.name: base64.b64encode(bytes.fromhex(file.sha256)).decode() for file in read_manifest(pack).files}
    client = aws.client("s3")
    for name, checksum in checksums.items():
        head = client.head_object(Bucket=BUCKET, Key=target.key(name), ChecksumMode="ENABLED")
        assert head["ChecksumSHA256"] == checksum
    assert sent[-1][0] == MANIFEST
    assert {condition for _, condition in sent} == {"*"}


def test_storing_again_changes_nothing(aws: Simulator, connection: Connection, pack: Path) -> None:
    """What is there already, and the same, stays; a signature that was made since is added."""
    target = store_pack(pack, digest(pack), THERE, connection)
    before = keys(aws)
    assert store_pack(pack, digest(pack), THERE, connection) == target
    assert keys(aws) == before
    (pack / ENVELOPE).write_text("{}", encoding="utf-8")
    store_pack(pack, digest(pack), THERE, connection)
    assert set(keys(aws)) - set(before) == {target.key(ENVELOPE)}


def test_nothing_is_overwritten(aws: Simulator, connection: Connection, pack: Path) -> None:
    """Another object in the place of a file is an error, stays as it is, and no manifest says that a pack is there."""
    target = store_pack(pack, digest(pack), S3Folder(BUCKET, "elsewhere"), connection)
    taken = target.key("verify.json").replace("elsewhere", "rounds")
    put(aws, taken, b"somebody else's")
    with pytest.raises(CouldNotCheck, match="holds something else"):
        store_pack(pack, digest(pack), THERE, connection)
    assert aws.client("s3").get_object(Bucket=BUCKET, Key=taken)["Body"].read() == b"somebody else's"
    assert target.key(MANIFEST).replace("elsewhere", "rounds") not in keys(aws)


def test_a_pack_that_was_stored_in_part_is_completed(aws: Simulator, connection: Connection, pack: Path) -> None:
    """A refusal in the middle leaves no manifest; storing again puts what is missing."""
    aws.inject(Fault("s3:PutObject", Mishap.DENIED, after=2, times=1))
    with pytest.raises(CouldNotCheck, match=r"Allow s3:PutObject.*AccessDenied"):
        store_pack(pack, digest(pack), THERE, connection)
    assert keys(aws)
    assert not [key for key in keys(aws) if key.endswith(f"/{MANIFEST}")]
    with fetched(store_pack(pack, digest(pack), THERE, connection), connection) as folder:
        assert contents(folder) == contents(pack)


def test_a_call_that_is_repeated_meets_what_it_stored(aws: Simulator, connection: Connection, pack: Path) -> None:
    """S3 took the file and its answer was lost: the repeated call is refused, and that is no error."""
    lost = aws.inject(Fault("s3:PutObject", Mishap.HUNG_UP, after=1, times=1))
    with fetched(store_pack(pack, digest(pack), THERE, connection), connection) as folder:
        assert contents(folder) == contents(pack)
    assert lost.met == 1


def test_another_pack_than_the_sealed_one_is_not_stored(connection: Connection, pack: Path, aws: Simulator) -> None:
    """A run stores what it published, and not what another run put in its place."""
    with pytest.raises(CouldNotCheck, match="another pack is there"):
        store_pack(pack, "0" * 64, THERE, connection)
    assert keys(aws) == []


@pytest.mark.parametrize(
    "name",
    [
        "../up",
        "a/../../up",
        "/etc/passwd",
        "a//b",
        "./a",
        ".hidden",
        "a/.hidden",
        "a b",
        "a\nb",
        "ü",
        "a\\b",
        "-rf",
        "a/",
    ],
)
def test_a_name_that_no_pack_has_is_refused(holding: Holding, name: str) -> None:
    """Nothing is written then, inside the folder or outside of it."""
    with pytest.raises(BadEvidence, match="Nothing was fetched"), fetched(THERE, holding((MANIFEST, 1), (name, 1))):
        pass


def test_exactly_the_policies_are_needed(aws: Simulator, connection: Connection, pack: Path) -> None:
    """A pack is stored and fetched with them; each action that is left out is named."""
    may_store, may_fetch = policy_of(STORE), policy_of(FETCH)
    aws.restrict(proved(may_store) | {"Statement": [may_store["Statement"][0]]})
    target = store_pack(pack, digest(pack), THERE, connection)
    aws.restrict(may_store)
    assert store_pack(pack, digest(pack), THERE, connection) == target
    with pytest.raises(CouldNotCheck, match="s3:ListBucket"), fetched(target, connection):
        pass
    aws.restrict(may_fetch)
    with fetched(target, connection):
        pass
    with pytest.raises(CouldNotCheck, match="s3:PutObject"):
        store_pack(pack, digest(pack), S3Folder(BUCKET, "again"), connection)
    aws.restrict({**may_fetch, "Statement": [may_fetch["Statement"][0]]})
    with pytest.raises(CouldNotCheck, match="s3:GetObject"), fetched(target, connection):
        pass


def test_who_only_reads_sends_no_object(aws: Simulator, pack: Path) -> None:
    """A connection that was not made for storing refuses to."""
    reading = Connection(aws.session(), poll_seconds=0, writes=frozenset())
    with pytest.raises(Exception, match="s3:PutObject changes something"):
        store_pack(pack, digest(pack), THERE, reading)
    assert keys(aws) == []
