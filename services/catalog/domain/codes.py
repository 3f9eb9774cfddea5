"""Codes of virtual goods: read out over a phone without mistakes, and not to be guessed."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from services.chassis.clock import local_date

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 signs; no 0 O 1 I
BYTES = 10  # 80 bits: sixteen signs of five bits
GROUP = 4
PICK_UP_DIGITS = 8

RandomBytes = Callable[[int], bytes]


def new_code(random_bytes: RandomBytes) -> str:
    """``K7QM-3XHT-9WPA-22VE`` from 80 random bits."""
    number = int.from_bytes(random_bytes(BYTES), "big")
    signs = "".join(ALPHABET[number >> shift & 31] for shift in range(BYTES * 8 - 5, -1, -5))
    return _in_groups(signs)


def _in_groups(signs: str) -> str:
    return "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))


def new_pick_up_code(random_bytes: RandomBytes) -> str:
    """Eight digits: short enough to be typed from a message, one of a hundred million at a counter that locks."""
    return f"{int.from_bytes(random_bytes(8), 'big') % 10**PICK_UP_DIGITS:0{PICK_UP_DIGITS}}"


def as_printed(typed: str) -> str:
    """What somebody typed, as codes of ours are printed: without spaces, in capitals, in groups."""
    signs = "".join(typed.split()).upper()
    plain = signs.replace("-", "")
    is_ours = len(plain) == BYTES * 8 // 5 and set(plain) <= set(ALPHABET)
    return _in_groups(plain) if is_ours else signs


def tail_of(code: str) -> str:
    """Enough to tell the codes of one order apart, too little to use one."""
    return code[-4:]


def last_day(issued_at: datetime, valid_days: int | None) -> date | None:
    """The last calendar day (China) on which a code issued now is good; None: it never ends."""
    return None if valid_days is None else local_date(issued_at) + timedelta(days=valid_days)
