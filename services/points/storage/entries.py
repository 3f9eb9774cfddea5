"""Entries: the signed legs of a journal, all written by one statement so that their sum is checked at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.buckets import Share
from services.points.domain.chart import SYSTEM
from services.points.storage.locks import Wallet

WRITTEN = """
    INSERT INTO entry (journal_id, seq, account_id, unit, amount, pool, expires_on)
    SELECT CAST(:journal_id AS bigint), leg.seq - 1,
           coalesce(leg.account_id, (SELECT id FROM account
                                     WHERE unit = leg.unit AND kind = leg.kind AND owner = leg.owner)),
           leg.unit, leg.amount, leg.pool, leg.expires_on
    FROM unnest(CAST(:leg_accounts AS bigint[]), CAST(:leg_kinds AS text[]), CAST(:leg_owners AS text[]),
                CAST(:leg_units AS text[]), CAST(:leg_amounts AS bigint[]), CAST(:leg_pools AS smallint[]),
                CAST(:leg_days AS date[]))
         WITH ORDINALITY AS leg (account_id, kind, owner, unit, amount, pool, expires_on, seq)
    RETURNING 1
"""
_WRITE = sa.text(WRITTEN)


@dataclass(frozen=True)
class Leg:
    """``amount`` is signed: + into the account. A wallet's leg names its id and bucket, another account's its name."""

    unit: str
    amount: int
    account_id: int | None = None
    owner: str | None = None
    kind: str = SYSTEM
    pool: int | None = None
    expires_on: date | None = None


def legs_of(wallet: Wallet, shares: Sequence[Share], sign: int) -> list[Leg]:
    """``shares`` that come to (``sign`` 1) or leave (-1) the wallet."""
    return [
        Leg(wallet.unit, sign * share.points, wallet.id, pool=share.pool, expires_on=share.expires_on)
        for share in shares
    ]


def write_legs(work: Work, journal_id: int, legs: Sequence[Leg]) -> None:
    """They must sum to zero in every unit; the database refuses them otherwise."""
    work.execute(_WRITE, {"journal_id": journal_id, **values_of(legs)})


def values_of(legs: Sequence[Leg]) -> dict[str, Any]:
    """Parameters of WRITTEN."""
    return {
        "leg_accounts": [leg.account_id for leg in legs],
        "leg_kinds": [leg.kind for leg in legs],
        "leg_owners": [leg.owner for leg in legs],
        "leg_units": [leg.unit for leg in legs],
        "leg_amounts": [leg.amount for leg in legs],
        "leg_pools": [leg.pool for leg in legs],
        "leg_days": [leg.expires_on for leg in legs],
    }
