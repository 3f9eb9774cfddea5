"""Amounts and moments as members read them."""

from datetime import date, datetime

from services.chassis.clock import CHINA
from services.chassis.money import yuan
from services.points.contract import COINS, POINTS

_UNITS = {
    POINTS: {"zh": "{}积分", "en": "{} points"},
    COINS: {"zh": "{}商城币", "en": "{} mall coins"},
}
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


def of_unit(number: int, unit: str, language: str) -> str:
    """Like 1,200积分 or 30 mall coins."""
    return _UNITS[unit][language].format(grouped(number))


def day(calendar_day: date, language: str) -> str:
    """Like 2026年12月31日 or 31 Dec 2026."""
    if language == "zh":
        return f"{calendar_day.year}年{calendar_day.month}月{calendar_day.day}日"
    return f"{calendar_day.day} {calendar_day:%b %Y}"


def moment(instant: datetime, language: str) -> str:
    """A time of day in China: "11月21日 22:30", "21 Nov 22:30"."""
    local = instant.astimezone(CHINA)
    if language == "zh":
        return f"{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local.day} {local:%b %H:%M}"
