"""What the page says of the machine that ran: an allow list, for pytest-html puts values into the page as markup."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup, escape

from postpatch.text.legible import one_line

# pytest-metadata's own, then the number of a build and the commit that was built, by CI system (its module `ci`).
# Branch names, addresses, titles and people are left out: who may open a pull request chooses them.
SHOWN = (
    "Python", "Platform", "Packages", "Plugins",
    "APPVEYOR_BUILD_NUMBER", "APPVEYOR_REPO_COMMIT",
    "BITBUCKET_BUILD_NUMBER", "BITBUCKET_COMMIT",
    "CIRCLE_BUILD_NUM", "CIRCLE_SHA1",
    "CODEBUILD_BUILD_NUMBER", "CODEBUILD_RESOLVED_SOURCE_VERSION",
    "CI_PIPELINE_ID", "CI_COMMIT_SHA",
    "BUILD_NUMBER", "GIT_COMMIT", "SVN_REVISION",
    "TRAVIS_BUILD_NUMBER", "TRAVIS_COMMIT",
)  # fmt: skip
_LONGEST = 200
_ADDRESS = re.compile(r"(\w+://)(?:[^/\s]*@)?([^\s?#]*)[?#]?\S*")  # RFC 3986: userinfo, query and fragment
_EMAIL = re.compile(r"[^\s@<>,;:]+@[^\s@<>,;:]+")


def shown_environment(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of pytest-metadata's values may be shown, as plain text, in the order of SHOWN.

    Of an address user, query and fragment are left out, and so are e-mail addresses.
    """
    return {name: _each(metadata[name], _plain) for name in SHOWN if name in metadata}


def environment_in_html(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be shown, each value and each name within it escaped for HTML; what is escaped stays."""
    return {name: _each(value, escape) for name, value in shown_environment(metadata).items()}


def _each(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {_each(name, change): _each(one, change) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_each(one, change) for one in value]
    return change(value if isinstance(value, str) else str(value))


def _plain(text: str) -> str:
    if isinstance(text, Markup):
        return text
    return one_line(_EMAIL.sub("(an e-mail address, left out)", _ADDRESS.sub(r"\1\2", text)), _LONGEST)
