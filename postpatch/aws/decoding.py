"""Decode the long answers by type, in place of botocore's parser, which takes most of the time of reading a fleet.

It is botocore's own place for that: `before-parse` may replace the body, and add to what is parsed. Signing, retries,
errors and paginators stay botocore's. An answer that is not as its types, or may hold a credential, is left to the
parser and to the checks in `answers.py`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from postpatch.text.credentials import may_hold_credential
from postpatch.translation.decoded import NotTyped, decoded_findings
from postpatch.translation.decoded_checks import decoded_checks

_OK = 200
# By operation: the member of the answer, and what decodes its body to rows, a token, and the text that was read.
_DECODERS: Mapping[str, tuple[str, Callable[[bytes], tuple[list[Any], str | None, bytes]]]] = {
    "ListFindings": ("findings", decoded_findings),
    "GetCisScanResultDetails": ("scanResultDetails", decoded_checks),
}


class Decoded(list[Any]):
    """Rows that were decoded by type, from text that holds no credential."""


def decode(
    operation_model: Any, response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any
) -> None:
    """Decode an answer for whose operation there are types; registered at `before-parse`."""
    if operation_model.name not in _DECODERS or response_dict["status_code"] != _OK:
        return
    member, decoder = _DECODERS[operation_model.name]
    try:
        rows, token, read = decoder(response_dict["body"])
    except NotTyped:
        return
    if may_hold_credential(read.decode()):
        return
    response_dict["body"] = msgspec.json.encode({"nextToken": token} if token else {})
    customized_response_dict[member] = Decoded(rows)


def is_decoded(parsed: Mapping[str, Any]) -> bool:
    """Return whether an answer was decoded by type."""
    return any(isinstance(one, Decoded) for one in parsed.values())
