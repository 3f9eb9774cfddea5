"""Who a customer of the sample is in the mall: made up from the place in the sample, the same every time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from deploy.seed.subscribers.names import name_of
from deploy.seed.subscribers.sample import Customer
from services.chassis.clock import CHINA
from services.chassis.schemas import to_wire

YUAN_PER_UNIT = 10  # the sample's charges (18.25 to 118.75) x 10: bills of 182.50 to 1,187.50 yuan
NUMBERS_FROM = 19_900_010_000  # 199 is a range of China Telecom
SAMPLE_TAKEN = (2026, 1)  # year and month that tenures are counted back from


@dataclass(frozen=True)
class Person:
    """``charge_yuan`` is one month's bill, with two decimals. ``joined_at`` is when the number went into service."""

    subscriber_no: str
    phone: str
    name: str
    email: str | None
    language: str
    joined_at: datetime
    charge_yuan: Decimal

    def as_subscriber(self) -> dict[str, str | None]:
        """As IMPORT_SUBSCRIBERS takes it."""
        return {
            "subscriber_no": self.subscriber_no,
            "phone": self.phone,
            "name": self.name,
            "email": self.email,
            "language": self.language,
            "joined_at": to_wire(self.joined_at),
        }


def person_of(customer: Customer) -> Person:
    return Person(
        subscriber_no=f"S{customer.place:07d}",
        phone=f"+86{NUMBERS_FROM + customer.place}",
        name=name_of(customer.place),
        email=_email_of(customer.place),
        language="zh",
        joined_at=joined(customer.tenure_months, customer.place),
        charge_yuan=(customer.monthly_charge * YUAN_PER_UNIT).quantize(Decimal("0.01")),
    )


def joined(tenure_months: int, place: int) -> datetime:
    """Somewhere in the month that began ``tenure_months`` before the sample was taken."""
    year, month = SAMPLE_TAKEN
    months = year * 12 + (month - 1) - tenure_months - 1
    return datetime(months // 12, months % 12 + 1, 1 + place % 28, 10, tzinfo=CHINA)


def _email_of(place: int) -> str | None:
    """Every second one has an address, in turn at two domains that can never receive mail."""
    if place % 2:
        return None
    return f"s{place:07d}@{'example.com' if place % 4 else 'example.cn'}"
