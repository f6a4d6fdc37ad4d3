"""Ask a time stamp authority for a time stamp, over HTTP (RFC 3161, section 3.4)."""

from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from postpatch.errors import CouldNotCheck
from postpatch.evidence.attestation import BadSignature
from postpatch.evidence.timestamp import request_for, require_answered

_SECONDS = 30
_LARGEST = 1024 * 1024


class _Unredirected(HTTPRedirectHandler):
    """Refuse a redirection: the address that the user named is the one that is asked."""

    def redirect_request(self, *_: object) -> None:
        """Follow none."""


def stamped(content: bytes, url: str) -> bytes:
    """Return the authority's answer to a request for a time stamp of `content`; CouldNotCheck if it gave none.

    Only the content's SHA-256 is sent. Who answered is verified later, against a file of certificates.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise CouldNotCheck("Name the authority with --timestamp http(s)://HOST/PATH, without a user name or password.")
    asked = request_for(content)
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        request = Request(url, asked.as_bytes(), headers)  # noqa: S310 - its scheme was checked
        with build_opener(_Unredirected).open(request, timeout=_SECONDS) as answer:
            content = answer.read(_LARGEST)
        require_answered(content, asked)
    except (OSError, URLError, BadSignature) as error:
        raise CouldNotCheck(
            f"Sign again later, or without --timestamp: {parts.netloc} stamped nothing: {error}"
        ) from error
    return bytes(content)
