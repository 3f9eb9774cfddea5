"""Amounts: text in yuan on the wire, whole fen inside."""

import re

_YUAN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")


def fen(yuan: object) -> int:
    """ "12.3" -> 1230. Raises ValueError for anything but 0.01 … 100000000.00."""
    text = str(yuan)
    if not _YUAN.fullmatch(text):
        raise ValueError(f"not an amount: {text}")
    whole, _, cents = text.partition(".")
    amount = int(whole) * 100 + int(cents.ljust(2, "0"))
    if not 1 <= amount <= 10_000_000_000:
        raise ValueError(f"amount out of range: {text}")
    return amount


def yuan(amount_fen: int) -> str:
    """1230 -> "12.30"."""
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"
