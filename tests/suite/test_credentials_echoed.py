"""A credential that comes back, in whatever spelling and wherever in an answer, is in nothing that a run leaves."""

import base64
import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest

from tests.text.test_credentials import wrapped

SECRETS = {
    "AWS_ACCESS_KEY_ID": "ASIA4W7QZK2EXSECRET1",
    "AWS_SECRET_ACCESS_KEY": "hA8dRk3/kq9yVn2Zp+Jx7mTt5wQeUcLb0SfGsecret2",
    "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjEDoaCXVzLWVhc3QtMSJHMEUCI" + "Qx/7k+Zp4Lw9RtVb" * 12 + "secret3",
}
SPELT = (
    str,
    lambda text: quote(quote(text, safe=""), safe=""),
    str.lower,
    wrapped(13, "\n  "),
    lambda text: text[3:-2],
    lambda text: base64.b64encode(text.encode()).decode(),
)


def xml(words: str, code: str) -> bytes:
    """Write a refusal as STS does."""
    error = f"<Error><Code>{escape(code)}</Code><Message>{escape(words)}</Message></Error>"
    return f"<ErrorResponse>{error}</ErrorResponse>".encode()


ANSWERS = {
    "in the message": (403, lambda words: xml(words, "SignatureDoesNotMatch")),
    "in the code": (403, lambda words: xml("no", words)),
    "in a page": (403, lambda words: f"<html><p>{words}<br></html>".encode()),
    "in a page of an outage": (400, lambda words: f"Bad & <gateway> {words}".encode()),
    "in a good answer that is no XML": (200, lambda words: f"<html><p>{words}<br></html>".encode()),
    "in a header": (403, lambda _: xml("no", "No")),
    "in a broken status line": (0, lambda words: f"{' '.join(words.split())}\r\n\r\n".encode()),
}


class Repeating(BaseHTTPRequestHandler):
    """Answers each request with the words of the test."""

    def do_POST(self):
        """Answer."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, body = self.server.answer
        if not status:
            self.wfile.write(body)
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amzn-RequestId", " ".join(self.server.words.split()))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def repeating():
    """Serve on loopback; return the server, whose `answer` a test sets."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Repeating) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def letters(text: bytes) -> str:
    """Return the letters and digits, in lower case."""
    return "".join(chr(one) for one in text.lower() if chr(one).isascii() and chr(one).isalnum())


def everything(ran):
    """Yield all that a run left and printed."""
    yield "the output", ran.out.encode()
    for path in ran.reports.parent.rglob("*"):
        if path.is_file():
            yield path.name, gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@pytest.mark.parametrize("where", ANSWERS)
def test_nothing_holds_it(rehearse, repeating, tmp_path, where):
    """Each file and all output of a run that shows as much as it can is without it, and the run could not check."""
    status, body = ANSWERS[where]
    repeating.words = " and ".join(spell(secret) for spell in SPELT for secret in SECRETS.values())
    repeating.answer = (status, body(repeating.words))
    live = ("--aws", "live", "--endpoint-url", f"http://127.0.0.1:{repeating.server_port}", "--baseline=reconstruct")
    ran = rehearse(*live, "--log-level=DEBUG", "--showlocals", "--tb=long", "-rA", "-o", "log_cli=true",
                   f"--junitxml={tmp_path}/junit.xml", NO_PROXY="*", AWS_MAX_ATTEMPTS="1", **SECRETS)  # fmt: skip
    assert ran.exit == 10, ran.out[-3000:]
    hexed = [secret.encode().hex() for secret in SECRETS.values()]
    coded = [base64.b64encode(secret.encode()).decode() for secret in SECRETS.values()]
    for name, content in everything(ran):
        flat = letters(content)
        for secret in (*SECRETS.values(), *hexed, *coded):
            sought = letters(secret.encode())
            held = [sought[at : at + 12] for at in range(len(sought) - 11) if sought[at : at + 12] in flat]
            assert not held, (name, held[:3])
    if "good answer" in where or "page" in where:
        assert "gateway" not in json.dumps(ran.verdict)
