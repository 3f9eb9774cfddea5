"""Amounts and moments as members read them."""

from datetime import date, datetime

from services.chassis.clock import CHINA
from services.chassis.money import yuan
from services.points.contract import COINS, POINTS

_UNITS = {
    POINTS: {"zh": "{}积分", "en": "{} points"},
    COINS: {"zh": "{}商城币", "en": "{} mall coins"},
}
_CASH = {"zh": "{}元", "en": "CNY {}"}
_AND = {"zh": "加", "en": " + "}


def grouped(number: int) -> str:
    """``1234567`` -> ``"1,234,567"``."""
    return f"{number:,}"


def grouped_yuan(fen: int) -> str:
    """``123456789`` -> ``"1,234,567.89"``."""
    sign = "-" if fen < 0 else ""
    whole, _, cents = yuan(abs(fen)).partition(".")
    return f"{sign}{grouped(int(whole))}.{cents}"


def price(points: int, coins: int, cash_fen: int, language: str) -> str:
    """What something costs, without the parts that are zero: "1,200积分加9.90元", "1,200 points + CNY 9.90"."""
    parts = [of_unit(amount, unit, language) for amount, unit in ((points, POINTS), (coins, COINS)) if amount]
    if cash_fen:
        parts.append(_CASH[language].format(grouped_yuan(cash_fen)))
    return _AND[language].join(parts or [of_unit(0, POINTS, language)])


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
