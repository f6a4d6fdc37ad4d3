"""A credential is recognised in every spelling in which it may come back."""

import base64
import html
import json
import string
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from postpatch.text import credentials
from postpatch.text.credentials import INSTEAD, may_hold_credential, note_credentials, redacted, redacted_values

ALPHABET = string.ascii_letters + string.digits + "/+"
KEY = "ASIAQ3EGTEST7Z2XKV4N"
SECRET = "kV9x/Qm2+LrT7yZpW4dNc8JbH1fGs6EuR0aXoKiY"  # noqa: S105 - nobody's
TOKEN = "IQoJb3JpZ2luX2VjEPX" + "q7R/t+2mZk9LwYb4" * 24 + "=="


def wrapped(width: int, between: str) -> Callable[[str], str]:
    """Return what breaks a text into lines."""
    return lambda text: between.join(text[at : at + width] for at in range(0, len(text), width))


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "percent": lambda text: quote(text, safe=""),
    "percent, lower case": lambda text: quote(text, safe="").lower(),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent, every character": lambda text: "".join(f"%{ord(one):02X}" for one in text),
    "percent as JavaScript's escape": lambda text: "".join(f"%u{ord(one):04x}" for one in text),
    "octal escapes": lambda text: "".join(f"\\{ord(one):03o}" for one in text),
    "escapes in braces": lambda text: "".join(f"\\u{{{ord(one):x}}}" for one in text),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "base64 of base64": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "hexadecimal, in pairs": lambda text: text.encode().hex(":"),
    "in the other case": str.swapcase,
    "lower case": str.lower,
    "upper case": str.upper,
    "wrapped": wrapped(9, "\n"),
    "wrapped in CRLF and indented": wrapped(7, "\r\n    "),
    "wrapped in JSON": lambda text: json.dumps(wrapped(5, "\n")(text)),
    "wrapped in HTML": wrapped(4, "<br/>"),
    "spaced": wrapped(1, " "),
    "with zero-width spaces": wrapped(3, "\u200b"),
    "UTF-16 read as bytes": wrapped(1, "\0"),
    "JSON with escapes": lambda text: "".join(f"\\u{ord(one):04x}" for one in text),
    "entities": lambda text: "".join(f"&#{ord(one)};" for one in text),
    "hexadecimal entities": lambda text: "".join(f"&#x{ord(one):X};" for one in text),
    "HTML": lambda text: html.escape(text.replace("/", "\\/")),
    "the first half": lambda text: text[: len(text) // 2 + 3],
    "the second half": lambda text: text[len(text) // 2 - 3 :],
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 among others": lambda text: base64.b64encode(f"user:{text}:more".encode()).decode(),
    "base64, wrapped": lambda text: base64.encodebytes(text.encode()).decode(),
    "base64 of percent": lambda text: base64.b64encode(quote(text, safe="").encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "repr of bytes": lambda text: repr(text.encode()),
}


@pytest.fixture(autouse=True)
def in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have one set of credentials in use, and forget it afterwards."""
    monkeypatch.setattr(credentials, "_known", set())
    for name in credentials._VARIABLES:
        monkeypatch.delenv(name, raising=False)
    note_credentials(KEY, SECRET, TOKEN)


def letters(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return "".join(one for one in text.lower() if one.isascii() and one.isalnum())


@pytest.mark.parametrize("credential", [KEY, SECRET, TOKEN], ids=["key id", "secret", "token"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_each_spelling_is_left_out(spelling: str, credential: str) -> None:
    """Of a credential in any spelling less than a piece is left, and the words around it stay."""
    spelt = SPELLINGS[spelling](credential)
    shown = redacted(f"The request of {spelt} was refused. Nothing else happened here")
    assert INSTEAD in shown
    assert shown.startswith("The request of ")
    assert shown.endswith(" was refused. Nothing else happened here")
    assert len(shown) < 130, shown
    assert may_hold_credential(f"{'x ' * 3000}{spelt}{' y' * 3000}") or "half" in spelling


@settings(deadline=None)
@given(
    st.text(ALPHABET, min_size=16, max_size=60),
    st.lists(st.sampled_from(sorted(SPELLINGS)), min_size=1, max_size=2),
    st.text(max_size=30),
    st.text(max_size=30),
)
def test_any_credential_is_left_out(secret: str, spellings: list[str], before: str, after: str) -> None:
    """Whatever a credential is, and whatever stands around it, no long piece of it is left."""
    assume(sum(one.isalnum() for one in secret) >= 16)
    note_credentials(secret)
    for name in spellings:
        spelt = SPELLINGS[name](secret)
        left = redacted(f"{before} {spelt} {after}").replace(INSTEAD, " ")
        assert not any(
            piece in letters(left) for piece in (letters(secret)[at : at + 16] for at in range(45)) if piece[15:]
        )


@given(st.text())
def test_other_text_stays(text: str) -> None:
    """A text without a credential is not touched."""
    assume(not any(text.lower().count(piece) for piece in ("asiaq3eg", "kv9x")))
    assert redacted(text) == text


def test_an_access_key_id_of_anyone_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS's pattern is enough: no process needs to know the key."""
    monkeypatch.setattr(credentials, "_known", set())
    assert redacted("key AKIAIOSFODNN7EXAMPLE is inactive") == f"key {INSTEAD} is inactive"
    assert redacted("the role AROAIOSFODNN7EXAMPLE") == "the role AROAIOSFODNN7EXAMPLE"
    assert redacted("AKIAMAKIAMAKIAMAKIAMAKIAM") == "AKIAMAKIAMAKIAMAKIAMAKIAM"


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "http_proxy", "ALL_PROXY"])
def test_the_password_of_a_proxy_is_left_out(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """An error of a proxy may repeat it, as it is written in its address or as it is meant."""
    monkeypatch.setenv(name, "http://patcher:c0rrect%20horse@proxy.example:3128")
    shown = redacted("407 for patcher of proxy.example: c0rrect horse, c0rrect%20horse is wrong")
    assert shown == f"407 for patcher of proxy.example: {INSTEAD}, {INSTEAD} is wrong"
    monkeypatch.setenv(name, "http://patcher:short@proxy.example:3128")
    assert redacted("a short horse") == "a short horse"


@pytest.mark.parametrize("name", credentials._VARIABLES)
def test_the_environment_is_known(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The credentials of the environment are in use before anything is called."""
    monkeypatch.setenv(name, "vx81/kk20+aa71/zz05+")
    assert redacted("vx81%2Fkk20%2Baa71%2Fzz05%2B") == f"{INSTEAD}%2B"


def test_short_words_of_a_test_are_no_credentials() -> None:
    """What is too short for a credential of AWS is a word like any other."""
    note_credentials("testing", "", None)
    assert redacted("testing is good") == "testing is good"


def test_values_are_redacted_within() -> None:
    """Each text of a value of JSON is redacted, names included; numbers stay."""
    value = {"a": [SECRET, {KEY: 1}], "b": None, "c": 2.5}
    assert redacted_values(value) == {"a": [INSTEAD, {INSTEAD: 1}], "b": None, "c": 2.5}
