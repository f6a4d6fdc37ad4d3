"""How each mishap is played on the wire: it answers in the place of the services, or alters what they answer."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus

from ..fault import Mishap
from . import refusals
from .call import TOKEN_NAMES, Call
from .errors import AwsError, HungUp
from .message import Answer, Request
from .models import find_operation

Forward = Callable[[Request], Answer]
_Player = Callable[[Call, Forward], Answer]

_MADE_UP = "TG9vayBhdCB0aGUgbmV4dCBwYWdlLCB0aGVuIGF0IHRoZSBuZXh0IG9uZS4="
_XML_TOKEN = re.compile(rb"<([nN]extToken) ?(?:/>|>(.*?)</\1>)", re.DOTALL)


def play(mishap: Mishap, call: Call, forward: Forward) -> Answer:
    """Let `call` go wrong.

    Raises AwsError where AWS refuses, and HungUp where the connection ends without an answer.
    """
    return _PLAYERS[mishap](call, forward)


def next_token(answer: Answer) -> str:
    """Return the token of the next page that an answer gives, or nothing."""
    if found := _XML_TOKEN.search(answer.body):
        return (found[2] or b"").decode()
    try:
        fields = json.loads(answer.body)
    except ValueError:
        return ""
    return next((str(fields[name]) for name in TOKEN_NAMES if fields.get(name)), "")


def _refusing(refusal: Callable[[Call], AwsError]) -> _Player:
    def refuse(call: Call, _: Forward) -> Answer:
        raise refusal(call)

    return refuse


def _hang_up(call: Call, forward: Forward) -> Answer:
    forward(call.request)
    raise HungUp(call.name)


def _cut_short(call: Call, forward: Forward) -> Answer:
    answer = forward(call.request)
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def _never_end(call: Call, forward: Forward) -> Answer:
    answer = forward(call.for_the_first_page() if call.token == _MADE_UP else call.request)
    return _leading_on(call, answer, call.token or next_token(answer) or _MADE_UP)


def _begin_empty(call: Call, forward: Forward) -> Answer:
    # AWS may give fewer rows than asked for, none included, as long as it gives a token (API references, MaxResults).
    if call.token == _MADE_UP:
        return forward(call.for_the_first_page())
    answer = forward(call.request)
    if call.token or answer.status != HTTPStatus.OK:
        return answer
    fields = {name: [] if isinstance(value, list) else value for name, value in json.loads(answer.body).items()}
    return _leading_on(call, replace(answer, body=json.dumps(fields).encode()), _MADE_UP)


def _leading_on(call: Call, answer: Answer, token: str) -> Answer:
    """Return an answer that gives `token` for the next page; an error stays as it is."""
    if answer.status != HTTPStatus.OK:
        return answer
    if call.is_json:
        members = getattr(find_operation(call.request.service, call.request)[0].output_shape, "members", {})
        name = next(name for name in TOKEN_NAMES if name in members)
        return replace(answer, body=json.dumps(json.loads(answer.body) | {name: token}).encode())
    name, end = ("nextToken", "Response") if call.request.protocol == "ec2" else ("NextToken", "Result")
    closing = f"</{call.operation}{end}>".encode()
    body = _XML_TOKEN.sub(b"", answer.body)
    return replace(answer, body=body.replace(closing, f"<{name}>{token}</{name}>".encode() + closing))


_PLAYERS: Mapping[Mishap, _Player] = {
    Mishap.DENIED: _refusing(refusals.denied),
    Mishap.EXPIRED: _refusing(refusals.expired),
    Mishap.THROTTLED: _refusing(refusals.throttled),
    Mishap.OUT_OF_ORDER: _refusing(refusals.out_of_order),
    Mishap.BAD_TOKEN: _refusing(refusals.page_expired),
    Mishap.HUNG_UP: _hang_up,
    Mishap.CUT_SHORT: _cut_short,
    Mishap.ENDLESS: _never_end,
    Mishap.EMPTY_PAGE: _begin_empty,
}
