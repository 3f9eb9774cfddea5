"""What a deed was refused with: anything but a refusal fails the test."""

from collections.abc import Callable
from typing import Any

import pytest

from services.chassis.refusal import Refused


def refusal_of(deed: Callable[..., Any], *given: Any, **told: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        deed(*given, **told)
    return caught.value


def code_of(deed: Callable[..., Any], *given: Any, **told: Any) -> str:
    return refusal_of(deed, *given, **told).code


def refused(code: str, deed: Callable[..., Any], *given: Any, **told: Any) -> dict[str, Any]:
    """The details, of a refusal with just this code."""
    refusal = refusal_of(deed, *given, **told)
    assert refusal.code == code
    return refusal.details
