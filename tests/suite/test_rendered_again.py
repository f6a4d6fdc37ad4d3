"""`evidence rejudge` renders the reports of a pack anew: whoever edits one, and seals the pack again, is found out."""

import json
import shutil
from html import escape, unescape

import pytest

from postpatch.__main__ import main
from postpatch.commands import rejudge as command
from postpatch.evidence.pack import MANIFEST, read_manifest, seal
from postpatch.report.formats import exports_in
from tests.packs.test_packs import in_a_fork


@pytest.fixture(scope="module")
def whole(rehearsed):
    """Return the pack of a rehearsal that failed, with two exports."""
    return rehearsed("--world", "unpatched", "--format=oscal", "--format=sarif").reports


@pytest.fixture(scope="module")
def anew(whole, tmp_path_factory):
    """Return the folder in which judging that pack again left its reports, and the exit code."""
    reports = tmp_path_factory.mktemp("anew")
    exports = exports_in(file.name for file in read_manifest(whole).files)
    return reports, in_a_fork(whole, reports, exports)


@pytest.fixture
def rejudge(whole, anew, tmp_path, monkeypatch, capsys):
    """Return what edits a copy of the pack, seals it again, and judges it; it returns the exit code and the output."""

    def as_before(_, reports, exports):
        assert exports == ("oscal", "sarif")
        shutil.copytree(anew[0], reports, dirs_exist_ok=True)
        return anew[1]

    def run(edit):
        shutil.rmtree(tmp_path / "pack", ignore_errors=True)
        pack = shutil.copytree(whole, tmp_path / "pack", ignore=shutil.ignore_patterns("previous", "runs"))
        edit(pack)
        manifest = read_manifest(pack)
        seal(pack, [file.name for file in manifest.files if (pack / file.name).exists()], manifest)
        monkeypatch.setattr(command, "run_checks", as_before)
        capsys.readouterr()
        code = main(["evidence", "rejudge", str(pack)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def replace(name, old, new):
    """Return what replaces a text in a file of a pack, which must hold it."""

    def edit(pack):
        content = (pack / name).read_bytes()
        assert old.encode() in content
        (pack / name).write_bytes(content.replace(old.encode(), new.encode()))

    return edit


def in_results(change):
    """Return what changes pytest-html's own data in a report."""

    def edit(pack):
        before, rest = (pack / "verify.html").read_text(encoding="utf-8").split('data-jsonblob="')
        blob, after = rest.split('"', 1)
        document = json.loads(unescape(blob))
        change(document)
        text = f'{before}data-jsonblob="{escape(json.dumps(document))}"{after}'
        (pack / "verify.html").write_text(text, encoding="utf-8")

    return edit


def _branch(document):
    document["environment"]["CI_COMMIT_REF_NAME"] = 'fix/<img/src="x"onerror=alert(1)>'


def _a_result(document):
    rows = next(rows for rows in document["tests"].values() if rows[0]["result"] == "Failed")
    rows[0]["result"] = "Passed"


def test_a_pack_that_nobody_edited_renders_the_same(rejudge):
    """Its reports are the same, byte for byte, but for what pytest-html dates."""
    code, said = rejudge(lambda _: None)
    assert code == 0, said
    assert "the same verdict: FAIL" in said


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (replace("verify.html", "<strong>FAIL</strong>", "<strong>PASS</strong>"), "verify.html: verdict: it says"),
        (replace("verify.html", "nothing was installed on 3", "it was installed on 0"), "verify.html: its sections"),
        (replace("verify.html", "SIMULATED: ", ""), "verify.html: SIMULATED in the title"),
        (replace("verify.html", "<body>", "<body><style>.pp-banner{display:none}</style>"), "is not pytest-html's"),
        (replace("verify.html", "3 Failed", "0 Failed"), "verify.html: pytest-html counts"),
        (replace("verify.html", "</main>", "</main><main>PASS</main>"), "verify.html: "),
        (in_results(_branch), "hold foreign markup: '<img/src"),
        (in_results(_a_result), "verify.html: pytest-html counts"),
        (replace("summary.md", "**SIMULATED, on", "**On"), "summary.md: SIMULATED: it says False"),
        (replace("summary.md", "nothing was installed on 3", "it was installed on 0"), "summary.md: it is not what"),
        (replace("delta.csv", "SIMULATED", "live"), "delta.csv: evidence: it says {'live'}"),
        (replace("delta.csv", "i-2b320dd85968e54ea", "i-0"), "renders, from line 2"),
        (replace("oscal-poam.json", "SIMULATED: ", ""), "oscal-poam.json: it is not what"),
        (replace("verify.sarif", "FIND-4", "FIND-0"), "verify.sarif: it is not what"),
    ],
)  # fmt: skip
def test_an_edited_report_is_found(rejudge, edit, words):
    """An edit of any report is named, though the manifest was written anew; the verdict is not said to be the same."""
    code, said = rejudge(edit)
    assert code == 1, said
    assert words in said
    assert "that no change of the rules explains" in said


@pytest.mark.parametrize("name", ["verify.html", "summary.md", "delta.csv"])
def test_a_report_of_an_earlier_version_is_read_back(rejudge, name):
    """A pack that says it is of an earlier version is not compared byte for byte; what it says still is."""

    def older(pack):
        for file in (MANIFEST, "verify.json", "evidence/run.json"):
            document = json.loads((pack / file).read_text(encoding="utf-8"))
            (pack / file).write_text(json.dumps(document | {"tool": "postpatch 0.1.5"}), encoding="utf-8")
        replace("summary.md", "nothing was installed on 3 of 3 hosts", "nothing was installed on any host")(pack)

    def edited(pack):
        older(pack)
        replace(name, "SIMULATED", "live")(pack)

    code, said = rejudge(older)
    assert code == 0, said
    code, said = rejudge(edited)
    assert code == 1, said
    assert f"{name}: " in said


def test_a_rehearsal_made_live(rejudge):
    """Taken out of the manifest, the verdict and the run's options, SIMULATED is still in the findings' manifests."""

    def live(pack):
        for file, document in (
            (MANIFEST, {"mode": "live", "stage": ""}),
            ("verify.json", {"mode": "live", "simulated": False, "world": None}),
            ("evidence/run.json", {"mode": "live", "world": ""}),
        ):
            before = json.loads((pack / file).read_text(encoding="utf-8"))
            (pack / file).write_text(json.dumps(before | document), encoding="utf-8")

    code, said = rejudge(live)
    assert code == 1, said
    assert "evidence/baseline.ndjson.gz: mode is simulated, the pack says live" in said
    assert "was not judged again" in said
