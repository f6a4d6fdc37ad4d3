"""The manifest of a pack: whole or not at all, and read only if it is one."""

import json

import pytest

from postpatch.evidence.pack import MANIFEST, NotAPack, read_manifest, sha256_of


def test_a_manifest_names_every_file_with_its_hash_and_size(pack):
    """Each file stands in the manifest once, by name, and the manifest itself does not."""
    files = {file.name: file for file in read_manifest(pack).files}
    there = {path.relative_to(pack).as_posix() for path in pack.rglob("*") if path.is_file()}
    assert files.keys() == there - {MANIFEST}
    for name, file in files.items():
        assert (file.sha256, file.bytes) == (sha256_of(pack / name), (pack / name).stat().st_size)


def _changed(**changes):
    return lambda text: json.dumps(json.loads(text) | changes)


def _file(**changes):
    def change(text):
        document = json.loads(text)
        document["files"][0] |= changes
        return json.dumps(document)

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda _: "", "is not JSON"),
        (lambda _: "\x00\x01", "is not JSON"),
        (lambda _: "[" * 100_000, "is not JSON"),
        (lambda _: "[]", "format None"),
        (lambda _: "{}", "format None"),
        (_changed(format=2), "format 2, this tool reads 1. Check the pack with the version of postpatch that made it"),
        (_changed(format=True), "format True"),
        (_changed(format="1"), "format '1'"),
        (_changed(mode="guessed"), "mode: "),
        (_changed(files={}), "files: "),
        (_changed(started_at="yesterday"), "started_at: "),
        (_changed(signature="x"), "signature: "),
        (_file(bytes="12"), "files.0.bytes: "),
        (_file(bytes=-1), "files.0.bytes: "),
        (_file(sha256="abc"), "files.0.sha256: "),
        (_file(name=7), "files.0.name: "),
    ],
    ids=[
        "empty", "binary", "too deep", "a list", "no format", "a newer format", "true", "a text", "no mode", "no list",
        "no time", "one key more", "a size as text", "a size below zero", "no hash", "no name",
    ],
)  # fmt: skip
def test_what_is_no_manifest_is_refused_in_words(pack, change, words):
    """A manifest of wrong types or of a newer format is refused: what is wrong, and what to do."""
    path = pack / MANIFEST
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(NotAPack) as error:
        read_manifest(pack)
    assert str(path) in str(error.value)
    assert words in str(error.value)


def test_a_folder_without_a_manifest_is_no_pack(pack):
    """Of a folder that is none it is said which file is not there; a link is none either."""
    (pack / MANIFEST).rename(pack.parent / "moved")
    with pytest.raises(NotAPack, match=r"is not an evidence pack: manifest\.json cannot be read: No such file"):
        read_manifest(pack)
    (pack / MANIFEST).symlink_to(pack.parent / "moved")
    with pytest.raises(NotAPack, match="is a link"):
        read_manifest(pack)
