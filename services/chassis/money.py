"""Whole-number amounts. Money is int fen (1 yuan = 100 fen); nothing here is ever a float."""

import re
from collections.abc import Sequence

FEN_PER_YUAN = 100
_YUAN = re.compile(r"(?P<yuan>[0-9]{1,15})(?:\.(?P<cents>[0-9]{0,2}))?")


def split_by_weight(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` shared in proportion to ``weights`` by the largest remainder: whole parts that sum to it exactly."""
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("total and weights must not be negative")
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("nothing to share by: all weights are zero")
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def yuan(fen: int) -> str:
    """``1234`` -> ``"12.34"``: for people and for providers that want yuan."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // FEN_PER_YUAN}.{abs(fen) % FEN_PER_YUAN:02d}"


def fen_from_yuan(text: str) -> int:
    """``"12.3"`` -> ``1230``; raises ValueError on anything that is not yuan with at most two decimals."""
    found = _YUAN.fullmatch(text.strip())
    if not found:
        raise ValueError(f"not an amount in yuan: {text!r}")
    return int(found["yuan"]) * FEN_PER_YUAN + int((found["cents"] or "").ljust(2, "0"))
