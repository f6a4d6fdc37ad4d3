"""How many packs are kept: ten at least."""

from pathlib import Path

import pytest

from postpatch.errors import BadPolicy
from postpatch.policy import load_policy

TEXT = (Path(__file__).parents[2] / "verify.toml").read_text(encoding="utf-8")


def kept(folder, line):
    """Return what the policy with a line in `[reports]` keeps."""
    path = folder / "verify.toml"
    path.write_text(f"{TEXT}\n[reports]\n{line}\n", encoding="utf-8")
    return load_policy(path).reports.keep


def test_so_many_are_kept(tmp_path):
    """Ten unless the policy says more."""
    assert kept(tmp_path, "") == 10
    assert kept(tmp_path, "keep = 52") == 52


@pytest.mark.parametrize("number", ["9", "0", "-1", "10_001", '"20"'])
def test_fewer_are_refused(tmp_path, number):
    """Fewer than ten, or what is no number, is refused by the key's name."""
    with pytest.raises(BadPolicy, match=r"reports\.keep: "):
        kept(tmp_path, f"keep = {number}")
