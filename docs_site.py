"""A hook of mkdocs: the pages link to files of the repository beside docs/; on the site these links lead there."""

import re
from typing import Any

_BESIDE = re.compile(r"\]\(\.\./(?P<path>[^)\s]+)\)")


def on_page_markdown(markdown: str, *, config: Any, **_: Any) -> str:
    """Return a page whose links to files beside docs/ lead to the repository."""
    return _BESIDE.sub(lambda link: f"]({config['extra']['repository']}/blob/main/{link['path']})", markdown)
