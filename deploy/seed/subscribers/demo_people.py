"""The people whom the demo and the guide know by name. They are made up, and so are their bills."""

from decimal import Decimal
from functools import cache

from deploy.seed.subscribers.names import name_of
from deploy.seed.subscribers.people import Person, joined

FIRST_NO, PEOPLE = 8001, 24  # enough that a story an hour, told many times, meets no limit of codes per number
POOR_NO = 8090


@cache
def rich_people() -> tuple[Person, ...]:
    """Small firms that pay their lines together: at one point a yuan a bill is worth more than 7,000 points."""
    named = (
        _person(FIRST_NO, "王芳", "wang.fang@example.com", "zh", "7680.00", 61),
        _person(FIRST_NO + 1, "李明", "li.ming@example.cn", "zh", "8215.50", 34),
        _person(FIRST_NO + 2, "David Chen", "david.chen@example.com", "en", "9120.80", 12),
    )
    return named + tuple(_small_firm(place) for place in range(len(named), PEOPLE))


def _small_firm(place: int) -> Person:
    no = FIRST_NO + place
    return _person(no, name_of(no), f"firm{no}@example.com", "zh", f"{7200 + 45 * place}.00", 6 + place)


@cache
def poor_person() -> Person:
    """One whose bill is worth less than 200 points."""
    return _person(POOR_NO, "赵小川", "zhao.xiaochuan@example.com", "zh", "126.30", 3)


def demo_people() -> tuple[Person, ...]:
    return (*rich_people(), poor_person())


def demo_subscribers() -> list[dict[str, str]]:
    """Those who can afford something, each {"subscriber_no", "phone", "name", "email", "language", "charge_yuan"}."""
    return [_known(person) for person in rich_people()]


def poor_subscriber() -> dict[str, str]:
    """Somebody who cannot afford much, in the same form."""
    return _known(poor_person())


def _known(person: Person) -> dict[str, str]:
    known = person.as_subscriber() | {"charge_yuan": str(person.charge_yuan)}
    return {name: str(value) for name, value in known.items() if name != "joined_at"}


def _person(no: int, name: str, email: str, language: str, charge_yuan: str, tenure_months: int) -> Person:
    """Outside the sample's range of subscriber and phone numbers, and easy to type."""
    return Person(
        subscriber_no=f"S{no:07d}",
        phone=f"+861990000{no}",
        name=name,
        email=email,
        language=language,
        joined_at=joined(tenure_months, no),
        charge_yuan=Decimal(charge_yuan),
    )
