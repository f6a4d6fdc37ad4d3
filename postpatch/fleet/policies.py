"""A policy for each target: the text of the policy's file, with the account and Region of the target in `[scope]`."""

import re
import tomllib

from postpatch.errors import BadPolicy

_SCOPE = re.compile(r"(?m)^[ \t]*\[[ \t]*scope[ \t]*\][ \t]*(?:#.*)?$")
_NEXT_TABLE = re.compile(r"(?m)^[ \t]*\[")


def policy_of(text: str, account: str, region: str, named: str) -> str:
    """Return a policy's text with the account and Region of a target; its comments and everything else stay.

    BadPolicy if `[scope]` is not written as a table of its own, in which each has its line. `named` is the file.
    """
    document = tomllib.loads(text)
    header = _SCOPE.search(text)
    if header is None:
        raise BadPolicy(f"{named}: write [scope] as a table of its own: account and region are set for each target")
    following = _NEXT_TABLE.search(text, header.end())
    end = following.start() if following else len(text)
    section = text[header.end() : end]
    for key, value in (("region", region), ("account", account)):
        line = f'{key} = "{value}"'
        there = re.compile(rf"(?m)^[ \t]*{key}[ \t]*=[ \t]*(\"[^\"\n]*\"|'[^'\n]*')")
        section = there.sub(line, section, count=1) if there.search(section) else f"\n{line}{section}"
    written = text[: header.end()] + section + text[end:]
    expected = {**document, "scope": {**document["scope"], "account": account, "region": region}}
    try:
        holds = tomllib.loads(written) == expected
    except tomllib.TOMLDecodeError:
        holds = False
    if not holds:
        raise BadPolicy(f'{named}: write account = "…" and region = "…" in [scope], each on a line of its own')
    return written
