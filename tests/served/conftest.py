"""A served AWS and its client, as tests/http has them."""

from tests.http.conftest import judge, rehearse_in, sealed, serve

__all__ = ["judge", "rehearse_in", "sealed", "serve"]
