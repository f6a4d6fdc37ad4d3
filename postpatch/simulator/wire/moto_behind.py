"""moto's server application, behind ours: it answers for every service and operation that we do not."""

import functools
import importlib
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from .errors import AwsError
from .forms import UNKNOWN_ACTION, refusal
from .message import Answer, Request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


# moto labels some of its XML and JSON errors text/html.
_NO_PAGE = (b"<?xml", b"<Error", b"<Response", b"{")


def answered_by_moto(service: str) -> frozenset[str]:
    """Name the operations of a service that moto has code for; none where moto does not know the service."""
    from botocore import xform_name

    from .models import service_model

    try:
        responses = importlib.import_module(f"moto.{service}.responses")
    except ModuleNotFoundError:
        return frozenset()
    methods = {
        name
        for kind in vars(responses).values()
        if isinstance(kind, type) and kind.__module__ == responses.__name__
        for name in vars(kind)
    }
    return frozenset(name for name in service_model(service).operation_names if xform_name(name) in methods)


class MotoBehind:
    """Pass a request to moto, and make a proper AWS error of whatever moto cannot do.

    moto tells what it lacks by a Python exception or by an HTML page; neither may reach a boto3 user.
    """

    def __init__(self, account: str) -> None:
        self._account = account
        self._app = _application()

    def __call__(self, request: Request) -> Answer:
        """Answer `request` with moto."""
        from werkzeug.test import run_wsgi_app

        if request.path.startswith("/moto-api"):
            raise self._lacking(request)  # moto's own controls, such as its reset, are no part of AWS
        try:
            # By this header moto knows the account; by the access key it would know one account alone.
            environ = {**request.environ, "HTTP_X_MOTO_ACCOUNT_ID": self._account}
            chunks, status, headers = run_wsgi_app(self._app, environ, buffered=True)
        except NotImplementedError:
            raise self._refused(request) from None
        except Exception as crash:
            if refused := refusal(request):
                raise refused from None
            message = f"moto could not answer {request.service} {request.action}: {type(crash).__name__}: {crash}"
            raise AwsError("InternalFailure", message, status=500) from crash
        answer = Answer(int(status.split()[0]), tuple(headers), b"".join(chunks))
        kind = headers.get("Content-Type", "")
        is_page = kind.startswith("text/html") and not answer.body.lstrip().startswith(_NO_PAGE)
        if answer.status >= HTTPStatus.BAD_REQUEST and request.method != "HEAD" and (is_page or not answer.body):
            raise self._refused(request)
        return answer

    def _refused(self, request: Request) -> AwsError:
        # Of an operation that moto has code for, moto may have understood nothing because AWS would not have either.
        refused = refusal(request)
        if refused and (refused.code == UNKNOWN_ACTION or request.action in answered_by_moto(request.service)):
            return refused
        return self._lacking(request)

    @staticmethod
    def _lacking(request: Request) -> AwsError:
        message = f"the simulated AWS does not implement {request.service} {request.action}"
        # 501 and not 500: SDKs repeat a 500, and what is not implemented will not be implemented a second later.
        return AwsError("NotImplemented", message, status=501)


@functools.cache
def _application() -> "WSGIApplication":
    """Return moto's application, which serves all simulators: it has routes alone, and moto keeps its state apart."""
    # Imported here: moto takes a third of a second, and listing worlds must not wait for it.
    from moto import backends
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    class Dispatcher(DomainDispatcherApplication):
        """Raise for a service that moto does not know; moto prints a line, and fails later."""

        def get_backend_for_host(self, host: str | None) -> Any:
            named = host is None or host == "moto_api" or host in backends.list_of_moto_modules()
            if not named and not any(pattern.match(f"http://{host}") for _, pattern in self.backend_url_patterns):
                raise NotImplementedError(host)
            return super().get_backend_for_host(host)

    def create(service: Any) -> Any:
        app = create_backend_app(service)
        app.config["PROPAGATE_EXCEPTIONS"] = True
        app.logger.disabled = True
        return app

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    dispatcher: WSGIApplication = Dispatcher(create)
    return dispatcher
