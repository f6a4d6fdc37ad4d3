"""Pages as Systems Manager cuts them."""

from collections.abc import Callable, Sequence
from typing import Any

from ..wire.errors import AwsError
from ..wire.pages import Pages
from ..wire.reading import Params


def cut_page(
    pages: Pages, operation: str, params: Params, rows: Callable[[], Sequence[Any]], default: int = 50
) -> tuple[list[Any], str | None]:
    """Cut one page of an operation's rows; a token that is not ours is `InvalidNextToken`."""
    found, token = pages.cut(
        operation,
        params,
        rows,
        default=default,
        refuse=lambda message: AwsError("InvalidNextToken", message),
    )
    return found, token
