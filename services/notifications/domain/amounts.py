"""Amounts and moments as members read them."""

from datetime import datetime

from services.chassis.clock import CHINA
from services.chassis.money import yuan

_PRICE = {"zh": ("{}积分", "{}元", "加"), "en": ("{} points", "CNY {}", " + ")}


def grouped(number: int) -> str:
    """``1234567`` -> ``"1,234,567"``."""
    return f"{number:,}"


def grouped_yuan(fen: int) -> str:
    """``123456789`` -> ``"1,234,567.89"``."""
    sign = "-" if fen < 0 else ""
    whole, _, cents = yuan(abs(fen)).partition(".")
    return f"{sign}{grouped(int(whole))}.{cents}"


def price(points: int, cash_fen: int, language: str) -> str:
    """What something costs, without the part that is zero: "1,200积分加9.90元", "1,200 points + CNY 9.90"."""
    in_points, in_cash, and_ = _PRICE[language]
    parts = [in_points.format(grouped(points))] if points or not cash_fen else []
    if cash_fen:
        parts.append(in_cash.format(grouped_yuan(cash_fen)))
    return and_.join(parts)


def moment(instant: datetime, language: str) -> str:
    """A time of day in China: "11月21日 22:30", "21 Nov 22:30"."""
    local = instant.astimezone(CHINA)
    if language == "zh":
        return f"{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local.day} {local:%b %H:%M}"
