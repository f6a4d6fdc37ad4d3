"""Write TOML of texts from elsewhere: none ends its value, its comment or its line, and all of it is visible."""

import json

from postpatch.text.characters import visible
from postpatch.text.legible import one_line


def toml(value: object) -> str:
    """Return a text, number, truth value, list or dict as TOML writes it on one line.

    A basic string has JSON's escapes (TOML 1.0.0, "String"). An invisible character is written by its code point, for a
    policy is read by people before it is used.
    """
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{toml(key)} = {toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(toml, value))}]"
    if not isinstance(value, str):
        return json.dumps(value)
    return f'"{"".join(map(_written, value))}"'


def toml_comment(text: str) -> str:
    """Return a text as a comment at the end of a line: one line itself, all of it visible."""
    return f"# {one_line(text)}"


def _written(character: str) -> str:
    if character in '"\\\n\t':
        return json.dumps(character)[1:-1]
    return character if visible(character) == character else f"\\U{ord(character):08X}"
