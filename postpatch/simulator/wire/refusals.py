"""AWS's own refusals, which any call may meet: each under the code and status that the service's protocol has for it.

Codes: common errors of the services' API references, EC2's list of error codes, and the error shapes of botocore's
models. Words: IAM user guide, "Troubleshoot access denied error messages".
"""

from .call import Call
from .errors import AwsError
from .invalid_input import invalid_input

_Codes = dict[str, tuple[str, int]]
_DENIED: _Codes = {
    "json": ("AccessDeniedException", 400),
    "rest-json": ("AccessDeniedException", 403),
    "query": ("AccessDenied", 403),
    "ec2": ("UnauthorizedOperation", 403),
}
_EXPIRED: _Codes = {
    "json": ("ExpiredTokenException", 400),
    "rest-json": ("ExpiredTokenException", 403),
    "query": ("ExpiredToken", 403),
    "ec2": ("RequestExpired", 400),
}
_THROTTLED: _Codes = {
    "json": ("ThrottlingException", 400),
    "rest-json": ("ThrottlingException", 429),
    "query": ("Throttling", 400),
    "ec2": ("RequestLimitExceeded", 503),
}
_OUT_OF_ORDER: _Codes = {
    "json": ("InternalServerError", 500),
    "rest-json": ("InternalServerException", 500),
    "query": ("InternalFailure", 500),
    "ec2": ("InternalError", 500),
}


def denied(call: Call, arn: str = "*", *, by_statement: bool = False) -> AwsError:
    """Refuse for want of a permission, or by a statement that denies it; the words name the action."""
    why = (
        "with an explicit deny in an identity-based policy"
        if by_statement
        else f"because no identity-based policy allows the {call.name} action"
    )
    words = f"User: {call.caller} is not authorized to perform: {call.name}{_on_resource(call, arn)} {why}"
    if call.request.protocol == "ec2":
        words = f"You are not authorized to perform this operation. {words}"
    return _error(call, _DENIED, words)


def expired(call: Call) -> AwsError:
    """Refuse because the caller's credentials have run out."""
    return _error(call, _EXPIRED, "The security token included in the request is expired")


def throttled(call: Call) -> AwsError:
    """Refuse because too many calls were made."""
    words = "Request limit exceeded." if call.request.protocol == "ec2" else "Rate exceeded"
    return _error(call, _THROTTLED, words)


def out_of_order(call: Call) -> AwsError:
    """Refuse because of something that went wrong inside AWS."""
    return _error(call, _OUT_OF_ORDER, "An internal error occurred while processing the request")


def page_expired(call: Call) -> AwsError:
    """Refuse the page token, as a service does whose token has expired."""
    words = "The pagination token is not valid or has expired"
    if call.service == "inspector2":
        fields = [{"name": "nextToken", "message": words}]
        return AwsError("ValidationException", words, reason="FIELD_VALIDATION_FAILED", fields=fields)
    if call.service == "inspector":
        return invalid_input("nextToken", words)
    if call.service == "cloudformation":
        return AwsError("ValidationError", words)
    return AwsError("InvalidNextToken", words)


def _error(call: Call, codes: _Codes, words: str) -> AwsError:
    code, status = codes.get(call.request.protocol, codes["query"])
    return AwsError(code, words, status=status)


def _on_resource(call: Call, arn: str) -> str:
    # Where a call concerns no single resource, a REST service names its path, a JSON service everything of its own.
    if arn == "*" and call.is_json:
        path = call.request.path if call.request.protocol == "rest-json" else "*"
        arn = f"arn:aws:{call.service}:{call.request.region}:{call.account}:{path}"
    return "" if arn == "*" else f" on resource: {arn}"
