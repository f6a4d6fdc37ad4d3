"""JSON posted over HTTPS: what arrives, and what is said, without the address, where it does not."""

import socket

import pytest

from postpatch.errors import CouldNotCheck
from postpatch.run.https import post

SECRET = "/services/T0123/B0123/a-word-that-nobody-may-see"  # noqa: S105 - of a test


def refused(address, **how):
    """Return what is said of a post that must not succeed; it never holds the secret."""
    with pytest.raises(CouldNotCheck) as error:
        post(address, {"text": "x"}, {"Authorization": "Bearer t"}, **how)
    assert "nobody-may-see" not in str(error.value)
    assert error.value.__cause__ is None
    return str(error.value)


def test_what_is_posted_arrives(listener):
    """The JSON, the headers given, and who sends it."""
    post(f"{listener.address}{SECRET}", {"text": "é"}, {"Authorization": "Bearer t"})
    [(path, headers, content)] = listener.posted
    assert (path, content) == (SECRET, {"text": "é"})
    assert headers["authorization"] == "Bearer t"
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"].startswith("postpatch/")


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_a_refusal_is_said_by_its_status(listener, status):
    """Of what the server says nothing is repeated, for it may repeat the request."""
    listener.status = status
    assert refused(f"{listener.address}{SECRET}") == f"the server answered with status {status}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirection_is_followed(listener, status):
    """A token goes to the server that the policy names, and to no other."""
    listener.status, listener.location = status, f"{listener.address}/elsewhere"
    assert refused(f"{listener.address}{SECRET}") == f"the server answered with status {status}"
    assert [path for path, _, _ in listener.posted] == [SECRET]


def test_an_answer_that_never_ends_is_given_up(listener):
    """A byte now and then keeps every time-out of a socket away, and not this one."""
    listener.drips.set()
    assert "no answer came within" in refused(f"{listener.address}{SECRET}", seconds=0.5)


def test_an_unknown_certificate_is_refused(listener, monkeypatch):
    """Nothing is sent to a server that cannot prove who it is."""
    monkeypatch.delenv("SSL_CERT_FILE")
    assert refused(f"{listener.address}{SECRET}") == "the server's certificate cannot be verified"
    assert listener.posted == []


@pytest.mark.external
def test_a_server_that_is_not_there_is_said():
    """Nobody listens on a port that was just given back."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    assert refused(f"https://127.0.0.1:{port}{SECRET}") == "the server refused the connection"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        "http://localhost",
        "https://",
        "https://u:p@localhost",
        "https://[",
        "file:///etc/passwd",
        "https://a b",
    ],
)
def test_only_https_is_spoken(address):
    """Plain HTTP, a file, a password in the address, and what is no address."""
    assert refused(address).startswith("the address must be https://HOST/PATH")
