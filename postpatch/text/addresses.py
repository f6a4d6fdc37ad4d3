"""Addresses of servers that are named in reports: none may hold a secret, since all of it would be repeated."""

from urllib.parse import urlsplit


def is_plain(address: str) -> bool:
    """Return whether an address is `http(s)://HOST[:PORT][/PATH]`, without a user, password, query or fragment."""
    try:
        parts = urlsplit(address)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
    visible = address.isascii() and address.isprintable() and " " not in address
    return whole and visible and not set("@?#") & set(address)


def server_of(address: str) -> str:
    """Return `HOST[:PORT]` of an address, or an empty text: what of any address may be repeated."""
    try:
        return urlsplit(address).netloc.rpartition("@")[2]
    except ValueError:
        return ""
