"""Nothing that a run leaves or prints holds a credential, though AWS's own words may."""

import gzip
import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

SECRETS = {
    "AWS_ACCESS_KEY_ID": "AKIA4W7QZK2EXSECRET1",
    "AWS_SECRET_ACCESS_KEY": "hA8dRk3/kq9yVn2Zp+Jx7mTt5wQeUcLb0SfGsecret2",
    "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjEDoaCXVzLWVhc3QtMSJHMEUCIsecret3",
}


class Echo(BaseHTTPRequestHandler):
    """Refuse each request as AWS refuses a wrong signature: its message repeats the canonical request."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        code = "<Code>SignatureDoesNotMatch</Code>"
        message = f"<Message>{escape(str(self.headers))}</Message>"
        answer = f"<ErrorResponse><Error>{code}{message}</Error><RequestId>b8f1a2</RequestId></ErrorResponse>".encode()
        self.send_response(403)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def echo():
    """Serve what refuses everything, on loopback; return its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def everything_in(folder):
    """Yield each file of a folder with its bytes, unpacked where it is gzip."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def test_nothing_holds_a_credential(rehearse, echo):
    """Neither the pack nor the output holds a credential of the process, though AWS's own words do."""
    jenkins = {"JENKINS_URL": "http://ci", "GIT_URL": "https://bot:glpat-secret4@git.example/fleet.git"}
    live = ("--aws", "live", "--endpoint-url", echo, "--baseline=reconstruct")
    ran = rehearse(*live, NO_PROXY="*", **SECRETS, **jenkins)
    assert ran.exit == 10, ran.out
    files = dict(everything_in(ran.reports))
    assert {"verify.json", "verify.html", "calls.ndjson", "account.error"} <= {path.name for path in files}
    assert "X-Amz-Security-Token: (a credential, left out)" in ran.reason("MW-1")
    for name, secret in (SECRETS | {"GIT_URL": "glpat-secret4"}).items():
        assert secret not in ran.out, name
        assert not [path for path, content in files.items() if secret.encode() in content], name


@pytest.mark.parametrize(
    "place", ["patcher:hunter2secret@127.0.0.1:9", "127.0.0.1:9/?X-Amz-Security-Token=hunter2secret"]
)
def test_an_endpoint_with_a_secret_is_refused(rehearse, place):
    """The report names the endpoint: one that holds a password or a token is refused, and it is not repeated."""
    ran = rehearse("--aws", "live", "--endpoint-url", f"http://{place}")
    assert ran.exit == pytest.ExitCode.USAGE_ERROR
    assert "user name or a password" in ran.out
    assert "hunter2secret" not in ran.out
