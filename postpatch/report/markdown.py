"""Texts in GitHub's Markdown, shown as they are: whatever they hold, no markup, link, mention or reference comes of it.

Source: the GitHub Flavored Markdown Spec (backslash escapes, raw HTML, tables, autolinks), and GitHub Docs, "Autolinked
references and URLs": an address, `@name`, `#123` and `GH-123` become links wherever they stand. A backslash does not
prevent these, because they are found in what the Markdown has become; an HTML comment, which is not shown, does.
Between two `$` it is a formula, which may hide or colour its text; GitHub Docs,
"Writing mathematical expressions", has a `$` that is none in an element of its own.
"""

import re
from collections.abc import Iterator, Sequence

from postpatch.text.legible import one_line

# What opens markup anywhere in a line; an underscore does between two letters or digits never.
_MARKUP = re.compile(r"[\\`*\[\]|~]|(?<![^\W_])_|_(?![^\W_])")
# What opens a list, a heading or a rule at the beginning of a line.
_BLOCK = re.compile(r"^(?:[-+#=]|\d+(?=[.)]))")
_REFERENCE = re.compile(r"@(?=\w)|#(?=\d)|\bGH(?=-\d)|:(?=//)|www(?=\.)", re.IGNORECASE)
_SPLIT = "<!-- -->"
_DOLLAR = "<span>$</span>"


def escaped(text: str) -> str:
    """Return `text` as one line that Markdown shows as it is: no markup, HTML, links or invisible characters."""
    line = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = _MARKUP.sub(r"\\\g<0>", line)
    line = _BLOCK.sub(lambda found: f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}", line)
    return _REFERENCE.sub(rf"\g<0>{_SPLIT}", line).replace("$", _DOLLAR)


def table(head: Sequence[str], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    """Yield the lines of a table; its cells are Markdown already."""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
