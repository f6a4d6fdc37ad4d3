"""Texts as other tools show them: one line, all visible, and no link or markup comes of it.

Sources: SARIF 2.1.0, 3.11.6 "Messages with embedded links" (a plain text message holds links, `[text](target)`); NIST's
OSCAL Metaschema, "Markup data types" (titles and descriptions are a subset of CommonMark, with images and links).
"""

import re

from postpatch.text.legible import one_line

_LINK = re.compile(r"\](?=\()")
# What may open markup in CommonMark, and OSCAL's sub- and superscripts and its `{{ insert: … }}`.
_MARKUP = re.compile(r"[\\`*\[\]<>~^{}&]|(?<![^\W_])_|_(?![^\W_])|^(?:[-+#=]|\d+(?=[.)]))")


def without_links(text: str) -> str:
    """Return a text for a plain text message of SARIF: its words stay, and nothing in it is a link."""
    return _LINK.sub("] ", one_line(text))


def as_markup(text: str) -> str:
    """Return a text for a title or a description of OSCAL, which shows it as it is."""
    return _MARKUP.sub(lambda found: _escaped(found[0]), one_line(text))


def _escaped(mark: str) -> str:
    # A backslash escapes a punctuation mark alone (CommonMark, 2.4): after the digits of a list it is that mark's.
    return f"{mark}\\" if mark.isdigit() else f"\\{mark}"
