"""Decode the long answers by type, in place of botocore's parser, which takes most of the time of reading a fleet.

It is botocore's own place for that: `before-parse` may replace the body, and add to what is parsed. Signing, retries,
errors and paginators stay botocore's. An answer that is not as its types, or may hold a credential, is left to the
parser and to the checks in `answers.py`.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import boto3
import msgspec
from botocore.utils import parse_timestamp

from postpatch.text.credentials import any_may_hold_credential
from postpatch.translation.decoded import Decoding, NotTyped, decoded_findings
from postpatch.translation.decoded_checks import decoded_checks

_OK = 200
# By operation: the member of the answer that holds its rows, and what decodes its body.
_DECODERS: Mapping[str, tuple[str, Callable[[bytes], Decoding[Any]]]] = {
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
        answer = decoder(response_dict["body"])
    except NotTyped:
        return
    if any_may_hold_credential(answer.shared, answer.own):
        return
    response_dict["body"] = msgspec.json.encode({"nextToken": answer.token} if answer.token else {})
    customized_response_dict[member] = Decoded(answer.rows)


def read_times_as_utc(session: boto3.Session) -> None:
    """Have times that are numbers read in UTC; botocore makes them of this machine's zone, in ten times as long.

    The AWS CLI sets its own reader of times at the same place, to which boto3 has no way of its own.
    """
    session._session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)


def _moment(value: Any) -> datetime:
    if isinstance(value, (int, float)):
        with suppress(ValueError, OverflowError, OSError):
            return datetime.fromtimestamp(value, UTC)
    return parse_timestamp(value)


def is_decoded(parsed: Mapping[str, Any]) -> bool:
    """Return whether an answer was decoded by type."""
    return any(isinstance(one, Decoded) for one in parsed.values())
