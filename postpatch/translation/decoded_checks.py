"""The checks of a CIS scan decoded from the bytes of an answer, by type; see `decoded.py`."""

from typing import Literal

import msgspec

from postpatch.translation.decoded import Decoding, NotTyped


class Check(msgspec.Struct, gc=False):
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


def decoded_checks(body: bytes) -> Decoding[Check]:
    """Return what an answer of GetCisScanResultDetails holds; NotTyped if anything in it is not as it usually is."""
    try:
        page = _DECODER.decode(body.decode())
    except (ValueError, RecursionError) as error:
        raise NotTyped from error
    shared = {text for one in page.scanResultDetails for text in (one.checkId, one.title, one.remediation) if text}
    own = [one.findingArn or "" for one in page.scanResultDetails]
    return Decoding(page.scanResultDetails, page.nextToken, shared, [page.nextToken or "", *own])
