"""Credentials that botocore fetches during a run, and what it pays for them with, are in nothing that a run leaves."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

import pytest

from tests.suite.test_credentials_echoed import everything, letters

KEYS = {
    "AccessKeyId": "ASIA4W7QZK2EXFETCHED",
    "SecretAccessKey": "fE7tChEd/kq9yVn2Zp+Jx7mTt5wQeUcLb0SfGhA8",
    "SessionToken": "FwoGZXIvYXdzEFETCHED" + "Zx/9k+Lw4RtVbQp7" * 8,
}
TOKEN = "eyJhbGciOiJSUzI1NiJ9." + "eyJzdWIiOiJyZXBvOm9uZS90d28iLCJhdWQiOiJzdHMifQ" * 4 + ".c2lnbmF0dXJl" * 9
ROLE = "arn:aws:iam::123456789012:role/patcher"
LOUDLY = ("--log-level=DEBUG", "--showlocals", "--tb=long", "-rA", "-o", "log_cli=true")


class Giving(BaseHTTPRequestHandler):
    """Gives credentials to whoever asks for a role, and refuses everything else in the words of the request."""

    def do_POST(self):
        """Answer."""
        asked = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        action = asked.partition("Action=")[2].partition("&")[0]
        keys = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in KEYS.items())
        status, body = (
            403,
            f"<ErrorResponse><Error><Code>No</Code><Message>{escape(asked)}</Message></Error></ErrorResponse>",
        )
        if action.startswith("AssumeRole") and self.server.gives:
            status, body = 200, (
                f"<{action}Response><{action}Result><Credentials>{keys}<Expiration>2099-01-01T00:00:00Z</Expiration>"
                f"</Credentials></{action}Result></{action}Response>"
            )  # fmt: skip
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def giving():
    """Serve on loopback; return the server, whose `gives` a test may change."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Giving) as server:
        server.gives = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def held(ran, secrets):
    """Yield the files, and the output, that hold a piece of a secret."""
    for name, content in everything(ran):
        flat = letters(content)
        for secret in map(str.encode, secrets):
            sought = letters(secret)
            if any(sought[at : at + 16] in flat for at in range(len(sought) - 15)):
                yield name, secret[:12]


@pytest.mark.parametrize("gives", [True, False], ids=["given", "refused"])
@pytest.mark.parametrize("how", ["a role", "a token"])
def test_nothing_holds_what_was_fetched(rehearse, giving, tmp_path, how, gives):
    """Botocore logs requests and answers whole, before anybody has used what is in them."""
    giving.gives, url = gives, f"http://127.0.0.1:{giving.server_port}"
    shown = (f"--junitxml={tmp_path}/junit.xml", f"--log-file={tmp_path}/log.txt")
    live = ("--aws", "live", "--endpoint-url", url, "--baseline=reconstruct", *LOUDLY, *shown)
    own = {"AWS_ENDPOINT_URL": url, "NO_PROXY": "*", "AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true"}
    if how == "a role":
        roles = tmp_path / "roles.toml"
        roles.write_text(f'region = "us-east-1"\n[[role]]\narn = "{ROLE}"\n', encoding="utf-8")
        own |= {"AWS_ACCESS_KEY_ID": "AKIAOFNOBODYOFNOBODY", "AWS_SECRET_ACCESS_KEY": "x" * 40}
        ran = rehearse(*live, f"--roles={roles}", **own)
    else:
        file = tmp_path.parent / f"{tmp_path.name}-token"
        file.write_text(TOKEN, encoding="utf-8")
        ran = rehearse(*live, AWS_WEB_IDENTITY_TOKEN_FILE=str(file), AWS_ROLE_ARN=ROLE, AWS_REGION="us-east-1", **own)
    assert ran.exit == 10, ran.out[-3000:]
    assert "AssumeRole" in ran.out
    assert not [*held(ran, (*KEYS.values(), TOKEN))]
