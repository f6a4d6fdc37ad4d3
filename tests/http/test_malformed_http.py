"""Whatever is sent that is no HTTP of AWS's is refused, and nobody waits for it."""

import contextlib
import re
import socket

import pytest
from botocore.exceptions import ClientError

from tests.http.test_bad_input import SSM, address, ask

__all__ = ["ask"]


HEAD = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + "".join(f"{name}: {text}\r\n" for name, text in SSM.items())
MALFORMED = {
    "no HTTP": b"\x00\xff\r\n\r\n",
    "one word": b"GARBAGE\r\n\r\n",
    "another version": b"POST / HTTP/9.9\r\n\r\n",
    "a length that is a word": f"{HEAD}Content-Length: ten\r\n\r\n{{}}".encode(),
    "a negative length": f"{HEAD}Content-Length: -2\r\n\r\n{{}}".encode(),
    "a length of a thousand digits": f"{HEAD}Content-Length: {'9' * 1000}\r\n\r\n{{}}".encode(),
    "broken chunks": f"{HEAD}Transfer-Encoding: chunked\r\n\r\nnonsense\r\n".encode(),
    "a thousand headers": (HEAD + "X-Y: z\r\n" * 1000 + "\r\n").encode(),
}


@pytest.mark.parametrize("what", MALFORMED)
@pytest.mark.usefixtures("ask")
def test_malformed_http_is_refused(what, served):
    """The server says that the request is bad, or hangs up; it does not break."""
    with socket.create_connection(address(served), timeout=30) as connection:
        said = b""
        with contextlib.suppress(ConnectionError):  # it may hang up
            connection.sendall(MALFORMED[what])
            said = connection.recv(65536)
    assert b" 500 " not in said.split(b"\r\n")[0]
    # Without a version of HTTP that it speaks, it answers as HTTP 0.9 did: a page alone.
    assert not said or re.match(rb"HTTP/1.1 4\d\d ", said) or b"Error code: " in said


@pytest.mark.usefixtures("ask")
def test_chunks_are_read(served):
    """A body without a length, sent in chunks, is as good as any, and refused if it is bad."""
    chunked = f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode()
    for body, status in ((b"2\r\n{}\r\n0\r\n\r\n", b" 200 "), (b"2\r\n{,\r\n0\r\n\r\n", b" 400 ")):
        with socket.create_connection(address(served), timeout=30) as connection:
            connection.sendall(chunked + body)
            assert status in connection.recv(64)


def test_a_silent_client_keeps_nobody_waiting(ask, served):
    """One that promises a body and sends none holds up no other client."""
    with socket.create_connection(address(served), timeout=30) as connection:
        connection.sendall(f"{HEAD}Content-Length: 10\r\n\r\n".encode())
        assert ask("POST", "/", b"{}", SSM)[0] == 200


@pytest.mark.usefixtures("ask")
def test_a_boto3_user_sees_client_errors(served):
    """Through an SDK all of this is a ClientError with AWS's code, and never anything else."""
    for service, call, params, code in (
        ("ssm", "get_maintenance_window", {"WindowId": "mw-0123456789abcdef0"}, "DoesNotExistException"),
        ("ssm", "list_compliance_items", {}, "NotImplemented"),
        ("inspector2", "list_usage_totals", {}, "NotImplemented"),
        ("chime", "list_accounts", {}, "NotImplemented"),
    ):
        with pytest.raises(ClientError) as refused:
            getattr(served.client(service), call)(**params)
        assert refused.value.response["Error"]["Code"] == code
