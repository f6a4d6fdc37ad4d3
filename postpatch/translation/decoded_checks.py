"""The checks of a CIS scan decoded from the bytes of an answer, by type; see `decoded.py`."""

from typing import Literal

import msgspec

from postpatch.translation.decoded import NotTyped


class Check(msgspec.Struct):
    """A check on one host, with AWS's names (botocore shape CisScanResultDetails)."""

    checkId: str  # noqa: N815 - AWS's names, here and below
    status: Literal["FAILED", "PASSED", "SKIPPED"]
    title: str | None = None
    remediation: str | None = None
    findingArn: str | None = None  # noqa: N815


class _Page(msgspec.Struct):
    scanResultDetails: list[Check] = []  # noqa: N815
    nextToken: str | None = None  # noqa: N815


_DECODER = msgspec.json.Decoder(_Page)
_ENCODER = msgspec.json.Encoder()


def decoded_checks(body: bytes) -> tuple[list[Check], str | None, bytes]:
    """Return the checks of an answer of GetCisScanResultDetails, its token, and everything that was read, as JSON.

    NotTyped if anything in it is not as it usually is.
    """
    try:
        page = _DECODER.decode(body.decode())
    except (ValueError, RecursionError) as error:
        raise NotTyped from error
    return page.scanResultDetails, page.nextToken, _ENCODER.encode(page)
