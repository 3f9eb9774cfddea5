"""The lines of a bill run: one good one a subscriber, and one of each kind that a billing system gets wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from deploy.seed.subscribers.demo_people import demo_people
from deploy.seed.subscribers.people import Person, person_of
from deploy.seed.subscribers.sample import customers


@dataclass(frozen=True)
class Line:
    """Fields as they stand in the file; a bad line's may say anything."""

    line_id: str
    subscriber_no: str
    paid_on: str
    charge_yuan: str

    def as_csv(self) -> str:
        return f"{self.line_id},{self.subscriber_no},{self.paid_on},{self.charge_yuan}"


class BadLine(NamedTuple):
    line: Line
    problem: str


def good_lines(period: str, scale: float) -> list[Line]:
    """The demo's people, then ``scale`` times the sample; the lines of a subscriber are bills of their own."""
    first = date.fromisoformat(f"{period}-01")
    people = [*demo_people(), *_sample_people(scale)]
    return [_line(first, place, person) for place, person in enumerate(people, 1)]


def bad_lines(period: str, good: Sequence[Line]) -> list[BadLine]:
    """Eight, beside the good lines of the subscribers they name.

    The negative amount has three decimals: it is an amount to nobody, so no two readers can count it differently in
    the control total.
    """
    known, day = good[-1].subscriber_no, f"{period}-15"
    return [
        BadLine(_bad(period, 1, "S9999901", day, "58.00"), "unknown subscriber"),
        BadLine(_bad(period, 2, known, day, "-35.500"), "negative amount"),
        BadLine(_bad(period, 3, "S9999902", day, "58.00"), "unknown subscriber"),
        BadLine(_bad(period, 4, known, day, "八十八元"), "malformed amount"),
        BadLine(Line(good[0].line_id, known, day, "66.00"), "duplicate line id"),
        BadLine(_bad(period, 6, known, f"{period}-32", "72.50"), "bad date"),
        BadLine(_bad(period, 7, "S9999903", day, "58.00"), "unknown subscriber"),
        BadLine(_bad(period, 8, known, day, "1e3"), "malformed amount"),
    ]


def _sample_people(scale: float) -> list[Person]:
    if scale <= 0:
        raise ValueError("scale must be more than 0")
    sample = customers()
    once = [person_of(customer) for customer in sample[: round(len(sample) * min(scale, 1))]]
    return [once[place % len(once)] for place in range(round(len(sample) * scale))]


def _line(first: date, place: int, person: Person) -> Line:
    paid_on = first.replace(day=1 + place * 7 % 28)
    return Line(f"B{first:%Y-%m}-{place:06d}", person.subscriber_no, paid_on.isoformat(), f"{person.charge_yuan:.2f}")


def _bad(period: str, place: int, subscriber_no: str, paid_on: str, charge_yuan: str) -> Line:
    return Line(f"B{period}-X{place:05d}", subscriber_no, paid_on, charge_yuan)
