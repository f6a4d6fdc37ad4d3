"""`postpatch verify --help`: the suite's own options, and where those of pytest are."""

import pytest

from postpatch.__main__ import main
from postpatch.run.options import OPTIONS


@pytest.mark.parametrize("phase", ["verify", "baseline"])
@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_shows_the_options_of_the_suite(phase: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every option is there with its help, and pytest's are one command away; nothing runs."""
    with pytest.raises(SystemExit) as ended:
        main([phase, word])
    out = capsys.readouterr().out
    assert ended.value.code == 0
    assert out.startswith(f"usage: postpatch {phase} [OPTION …]")
    assert all(f"  {name}" in out for name in OPTIONS)
    assert "`pytest --help`" in out
