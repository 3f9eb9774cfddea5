"""Commands that draw codes: what is random comes from here."""

import secrets
from functools import partial
from typing import Any


def once_with_codes(works: Any, deed: Any, usecase: Any, request: dict[str, Any]) -> Any:
    return works.once(deed, partial(usecase, random_bytes=secrets.token_bytes), request)
