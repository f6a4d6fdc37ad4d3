"""Show the characters of a text that a reader would not see, each by its code point."""

import re
import unicodedata
from functools import cache

# Unicode's property Default_Ignorable_Code_Point: what a renderer shows as nothing, whatever its category. Source:
# Unicode 17.0.0, DerivedCoreProperties.txt; Python's unicodedata does not have the property. A test compares the table
# with the `regex` library's.
DEFAULT_IGNORABLE = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
# General categories: controls, format characters (all marks that turn a line are among them), halves of a surrogate
# pair, which no encoding can write, and the separators of lines and paragraphs.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NOT_PLAIN = re.compile(r"[^\t\n -~]")


def visible(text: str) -> str:
    """Return a text with each invisible character replaced by its code point, `[U+202E]`; tab and line feed stay.

    Invisible are control and format characters and what Unicode's Default_Ignorable_Code_Point covers (Unicode
    Technical Report 36, 2.5 and 3.4). Text in a right-to-left script is left alone.
    """
    if text.isascii() and text.isprintable():
        return text
    return _NOT_PLAIN.sub(lambda found: _shown(found[0]), text)


@cache
def _shown(character: str) -> str:
    code = ord(character)
    ignorable = any(first <= code <= last for first, last in DEFAULT_IGNORABLE)
    return f"[U+{code:04X}]" if ignorable or unicodedata.category(character) in _UNSEEN else character


def escaped_in_json(text: str) -> str:
    r"""Return JSON with each invisible character in its texts written as `\u202E`: to a reader of JSON it is the same.

    Half a surrogate pair, which no encoding can write, is written so too.
    """
    return text if text.isascii() and "\x7f" not in text else _NOT_PLAIN.sub(lambda found: _escape(found[0]), text)


@cache
def _escape(character: str) -> str:
    if _shown(character) == character:
        return character
    units = character.encode("utf-16-be", "surrogatepass").hex().upper()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
