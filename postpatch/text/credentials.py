"""Keep credentials out of everything that is written: AWS, or what stands between, may repeat them in any spelling.

SignatureDoesNotMatch, for one, repeats the canonical request with its X-Amz-Security-Token; a proxy's error page may
repeat a header, encoded, wrapped or cut.
"""

import os
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from postpatch.text.spellings import GRAM, Needle, flattened, needles, pieces

INSTEAD = "(a credential, left out)"
# botocore, iam, shape accessKeyIdType: a real one has at least 16 characters; shorter ones are words of a test.
SHORTEST = 16
# The others are what botocore, and sigstore, show to whoever gives them credentials, or to a proxy on the way.
_VARIABLES = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SIGSTORE_ID_TOKEN",
)  # fmt: skip
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_PASSWORD = 8  # characters: a shorter one of a proxy may be any word
# IAM user guide, "IAM identifiers", unique ids: AKIA is an access key, ASIA a temporary one.
_KEY_ID = re.compile(r"(?<![A-Za-z0-9])A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Za-z0-9])")
_USER = re.compile(r"(?:\w+://)?[^/@\s:]*:([^/\s]*)@")
_known: set[str] = set()


def note_credentials(*values: str | None) -> None:
    """Remember the credentials in use in this process, for as long as it runs; those of the environment are known."""
    _known.update(value for value in values if value and len(value) >= SHORTEST)


def redacted(text: str) -> str:
    """Return a text without any credential in use, in whatever spelling, and without anyone's access key id.

    A piece of a credential counts as one: 8 letters and digits of an access key, 12 of a session token.
    """
    if len(text) < GRAM:
        return text  # shorter than any piece; a page has thousands of such texts
    return _redacted(text, _needles())


def _redacted(text: str, sought: Needle | None) -> str:
    if _has_key_id(text):
        text = _KEY_ID.sub(INSTEAD, text)
    if not sought or not sought.found_in(flattened(text)):
        return text
    kept, end = [], 0
    for start, stop in pieces(text, sought):
        kept += [text[end:start], INSTEAD]
        end = stop
    return "".join([*kept, text[end:]])


def redacted_values(value: Any) -> Any:
    """Return a value of dicts, lists and texts, as JSON has them, with each text redacted, names included."""
    return _redacted_values(value, _needles())


def _redacted_values(value: Any, sought: Needle | None) -> Any:
    if isinstance(value, str):
        return _redacted(value, sought)
    if isinstance(value, Mapping):
        return {_redacted_values(name, sought): _redacted_values(one, sought) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_redacted_values(one, sought) for one in value]
    return value


def may_hold_credential(text: str) -> bool:
    """Tell quickly whether a long text may hold a whole credential in use, or SHORTEST letters and digits of one."""
    return _is_suspect(text, _needles())


def any_may_hold_credential(shared: Iterable[str], own: Iterable[str]) -> bool:
    """Tell the same of many texts; one that is `shared` by many answers is searched once for the credentials in use."""
    sought = _needles()
    return any(_is_suspect_again(text, sought) for text in shared) or _is_suspect("\n".join(own), sought)


def _is_suspect(text: str, sought: Needle | None) -> bool:
    return _has_key_id(text) or bool(sought and sought.sampled_in(flattened(text)))


@lru_cache(maxsize=4096)
def _is_suspect_again(text: str, sought: Needle | None) -> bool:
    return _is_suspect(text, sought)


def _has_key_id(text: str) -> bool:
    # The plain search is many times as fast as the expression, and settles nearly every text.
    return ("AKIA" in text or "ASIA" in text) and bool(_KEY_ID.search(text))


def _needles() -> Needle | None:
    # The environment may change at any time; what its values come to is kept.
    values = _values_in(tuple(map(os.environ.get, _VARIABLES)), tuple(map(os.environ.get, _PROXIES))) | _known
    return _made(values) if values else None


@lru_cache(maxsize=8)
def _values_in(variables: tuple[str | None, ...], addresses: tuple[str | None, ...]) -> frozenset[str]:
    """Return the credentials in variables, and the passwords in proxies' addresses, as written there and as meant."""
    written = {found[1] for address in addresses if address and (found := _USER.match(address))}
    passwords = {one for one in written | {*map(unquote, written)} if len(one) >= _PASSWORD}
    return frozenset({value for value in variables if value and len(value) >= SHORTEST} | passwords)


@lru_cache(maxsize=8)
def _made(values: frozenset[str]) -> Needle:
    return needles(values)
