"""The options as words of a command line: which word is a value, and which is a path of tests."""

from hypothesis import given
from hypothesis import strategies as st

from postpatch.run.options import OPTIONS, joined, positions, takes_value

_VALUED = sorted(option for option in OPTIONS if takes_value(option))
_WORDS = st.one_of(
    st.tuples(st.sampled_from(_VALUED), st.sampled_from(["before.json", "/data/after.json", "live"])),
    st.sampled_from([("--read-only",), ("-x",), ("-k", "window"), ("--policy=x.toml",), ("tests_verify",)]),
)


@given(st.lists(_WORDS))
def test_a_joined_command_line_means_the_same(parts):
    """Each value stays with its option, everything else stays as it is and where it is."""
    words = [word for part in parts for word in part]
    expected = [f"{part[0]}={part[1]}" if part[0] in _VALUED else " ".join(part) for part in parts]
    assert " ".join(joined(words)) == " ".join(expected)
    assert not set(joined(words)) & {"before.json", "/data/after.json"}


def test_an_option_without_its_value_is_left_for_pytest_to_refuse():
    """The last word may be an option that misses its value."""
    assert joined(["-x", "--baseline"]) == ["-x", "--baseline"]


def test_a_value_of_ours_is_no_path_of_tests():
    """Of the words that pytest takes for paths, those after an option of ours are none."""
    words = ["-m", "verify", "--baseline", "a.json", "--read-only", "tests/test_x.py", "--after", "b.json"]
    assert positions(words, ["a.json", "tests/test_x.py", "b.json"]) == ["tests/test_x.py"]
