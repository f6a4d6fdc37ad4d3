"""What a page says of the machine that ran."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from pytest_metadata.plugin import CONTINUOUS_INTEGRATION

from postpatch.report.environment import SHOWN, environment_in_html, shown_environment

KNOWN = sorted({name for provider in CONTINUOUS_INTEGRATION for name in provider})
MARKUP = """'"><img src="x"onerror=alert(1)>&\u202e"""
# What means something in markup, and what does not.
WORD = st.text("<>&\"';#ax \u202eé", max_size=6)
VALUES = st.one_of(WORD, st.lists(WORD, max_size=2), st.dictionaries(WORD, WORD, max_size=2))
OWN = ("Python", "Platform", "Packages", "Plugins")


def texts(value: Any) -> list[str]:
    """Return each text of a value, names within it included."""
    if isinstance(value, dict):
        return [text for pair in value.items() for one in pair for text in texts(one)]
    return [text for one in value for text in texts(one)] if isinstance(value, list) else [value]


def test_the_allow_list_is_of_what_pytest_metadata_knows() -> None:
    """Of all variables only the numbers of builds and the commits are shown; each name is one that there is."""
    assert set(SHOWN) <= {*OWN, *KNOWN}
    assert all(
        re.search("BUILD_NUM|PIPELINE_ID|COMMIT|SHA|REVISION|VERSION", name) for name in SHOWN if name not in OWN
    )


@pytest.mark.parametrize("name", [*OWN, *KNOWN, "Anything else"])
def test_no_value_is_markup(name: str) -> None:
    """Markup in a value, in a name within it or in a list is text, or is not shown at all."""
    shown = environment_in_html({name: {"a": MARKUP, MARKUP: [MARKUP]}})
    assert set(shown) <= {*SHOWN} & {name}
    assert not re.search("[<>\"'\u202e]", "".join(text for value in shown.values() for text in texts(value)))


@given(st.dictionaries(st.sampled_from(SHOWN), VALUES, max_size=2))
def test_escaping_twice_is_escaping_once(metadata: dict[str, Any]) -> None:
    """What is escaped stays so, whatever is added until the page is written."""
    once = environment_in_html(metadata)
    assert environment_in_html(once) == once
    assert all(isinstance(text, Markup) for value in once.values() for text in texts(value))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("https://bot:p@ss@git.example/a.git?token=s3cret#part", "https://git.example/a.git"),
        ("ssh://git@git.example/a", "ssh://git.example/a"),
        ("built by jane.doe@example.com, again", "built by (an e-mail address, left out), again"),
        ("f00dbabe", "f00dbabe"),
        (17, "17"),
        ("x" * 500, f"{'x' * 200}… (cut, 500 characters)"),
    ],
)
def test_who_built_it_is_left_out(value: object, shown: str) -> None:
    """Users, passwords, queries and e-mail addresses are left out of what is shown."""
    assert shown_environment({"GIT_COMMIT": value}) == {"GIT_COMMIT": shown}
