"""How UnionPay writes: answers, numbers, times."""

from datetime import datetime

from services.chassis.clock import CHINA

OUR_PREFIX = "pay_"


def read_answer(text: str) -> dict[str, str]:
    """``a=1&b=x=`` without any escapes, which is how UnionPay answers; raises ValueError for anything else."""
    pairs = [pair.partition("=") for pair in text.strip().split("&")]
    if not all(equals for _, equals, _ in pairs):
        raise ValueError("not an answer of UnionPay")
    return {name: value for name, _, value in pairs}


def payment_id_of(number: str) -> str:
    """Numbers of before have the prefix, without its ``_``."""
    return f"{OUR_PREFIX}{number.removeprefix(OUR_PREFIX.rstrip('_'))}"


def beijing(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%Y%m%d%H%M%S")
