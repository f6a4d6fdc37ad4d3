"""Know credentials that botocore fetches during a run before it logs them, so that they are kept out of every log.

botocore logs each request before it is sent and each answer before it is parsed: of a role that is assumed, its
credentials; of an identity token, the token itself.
"""

import re
from collections.abc import Mapping
from typing import Any

from postpatch.text.credentials import note_credentials

# The services that give credentials, and what they call them (botocore's models of these services).
_GIVING = frozenset({"sts", "sso", "sso-oidc", "signin"})
_NAMES = "AccessKeyId|SecretAccessKey|SessionToken|AccessToken|RefreshToken|IdToken|ClientSecret"
_GIVEN = re.compile(rf'(?i)[<"](?:{_NAMES})(?:>|"\s*:\s*")([^<"]+)')


def watch_for_credentials(events: Any) -> None:
    """Have the clients of a session, boto3's or botocore's, tell of credentials; `events` is what it registers with."""
    events.register_first("before-parameter-build", _note_given)
    events.register("before-send", _note_sent)
    events.register_first("before-parse", _note_received)


def _note_given(params: Mapping[str, Any], model: Any, **_: Any) -> None:
    """Note each member of a request for credentials that botocore's model calls sensitive, such as a WebIdentityToken.

    Elsewhere that word is for texts as well: Systems Manager's model has it for the description of a window.
    """
    if model.service_model.service_name not in _GIVING:
        return
    members = model.input_shape.members if model.input_shape else {}
    for name, value in params.items():
        if isinstance(value, str) and name in members and members[name].metadata.get("sensitive"):
            note_credentials(value)


def _note_sent(request: Any, **_: Any) -> None:
    token = request.headers.get("X-Amz-Security-Token")
    note_credentials(token.decode() if isinstance(token, bytes) else token)


def _note_received(operation_model: Any, response_dict: Mapping[str, Any], **_: Any) -> None:
    """Note the credentials in the body of an answer, before anybody parses it."""
    body = response_dict["body"]
    if operation_model.service_model.service_name in _GIVING and isinstance(body, bytes):
        note_credentials(*_GIVEN.findall(body.decode("latin-1")))
