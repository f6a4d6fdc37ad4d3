"""Only an address that holds nothing but where a server is may be named in a report."""

import pytest

from postpatch.text.addresses import is_plain, server_of

PLAIN = ["http://127.0.0.1:4599", "https://[::1]:80/a/b", "https://vpce-1.ssm.us-east-1.vpce.amazonaws.com"]
OTHERS = [
    "", "127.0.0.1:4599", "ftp://host", "http://", "http://user:password@host", "http://token@host", "http://host?token=x",
    "http://host/#token", "http://host:99999", "http://host:x", "http://[::1", "http://ho st", "http://host\n::error::x",
    "http://h\u00f6st", "javascript:alert(1)",
]  # fmt: skip


@pytest.mark.parametrize("address", PLAIN)
def test_a_server_is_plain(address):
    """Scheme, host, port and path are no secrets."""
    assert is_plain(address)


@pytest.mark.parametrize("address", OTHERS)
def test_what_else_an_address_holds_may_be_a_secret(address):
    """A user, a password, a query and a fragment; and what is no address of HTTP at all."""
    assert not is_plain(address)


@pytest.mark.parametrize("address", [*PLAIN, *OTHERS])
def test_the_server_of_an_address_has_no_secret(address):
    """Its host and port alone are repeated of an address that is refused."""
    assert not {"password", "token"} & set(server_of(address).replace("@", ":").split(":"))
