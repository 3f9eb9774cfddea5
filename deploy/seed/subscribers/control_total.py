"""The control total of a bill run: what the trailer says and the importer adds up again."""

import re
from collections.abc import Iterable
from decimal import Decimal

_AMOUNT = re.compile(r"-?[0-9]+(?:\.[0-9]{1,2})?")


def amount_yuan(charges: Iterable[str]) -> Decimal:
    """The sum, with two decimals, of every charge that is an amount, negative ones included.

    The line may be bad for another reason; what is no amount (``"12.345"``, ``"1e3"``) counts nothing.
    """
    amounts = (Decimal(charge) for charge in charges if _AMOUNT.fullmatch(charge))
    return sum(amounts, Decimal(0)).quantize(Decimal("0.01"))
