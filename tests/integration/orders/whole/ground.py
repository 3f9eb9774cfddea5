"""What the whole mall sells: a SKU for each way in which orders go, paid for with points, coins and cash at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from services.catalog import contract as catalog
from services.catalog.usecases.decide_presales import open_presale
from services.catalog.usecases.set_bulk_offer import set_bulk_offer
from services.catalog.usecases.set_limit import set_limit
from services.chassis.clock import FixedClock, local_date
from services.chassis.data.work import Works
from services.chassis.ids import derived_id
from services.chassis.testkit import event_of, works_on
from services.members import contract as members
from services.orders import contract
from services.orders.usecases.put_provisioner import put_provisioner
from services.points import contract as points
from services.points.usecases.accrue_points import accrue_points
from services.points.usecases.open_accounts import open_accounts
from tests.integration.catalog.shop import bring_in, bundle, element, goods, place_of, price, receive
from tests.integration.orders.configured_partner import partner
from tests.integration.orders.goods import GAMES, TOPUP
from tests.simulation.ground import BEGINS, Ground, laid_ground, member_of

RUN = "whole"
MEMBER, HALL = member_of(RUN), derived_id("whs", RUN, "hall")
PARTNERS = (GAMES, TOPUP)
POINTS, COINS, FEN = 500, 3, 9_900  # what a piece costs
WEALTH = 10_000_000
PIECES = 2  # of an order; so many are a bulk order, where they are sold in bulk
STOCK, CODES = 10_000, 2_000
SENT_IN_DAYS = 3  # what is sold before it is there


@dataclass(frozen=True)
class Way:
    """An order of one SKU that is delivered in these ways and follows this variant of flows."""

    deliveries: tuple[str, ...]
    variant: str = ""

    def __str__(self) -> str:
        return " ".join((self.variant or "plain", "+".join(self.deliveries)))

    @property
    def sku_id(self) -> str:
        return derived_id("sku", RUN, str(self))

    @property
    def price_id(self) -> str:
        return derived_id("prc", RUN, str(self))

    @property
    def elements(self) -> list[str]:
        """What a piece consists of; each way has its own. What is switched on, two partners do together."""
        named = [PARTNERS if delivery == contract.PROVISION else (delivery,) for delivery in self.deliveries]
        return [derived_id("elm", RUN, str(self), name) for names in named for name in names]

    @property
    def is_bundle(self) -> bool:
        return len(self.deliveries) > 1

    @property
    def is_carried(self) -> bool:
        return contract.PARCEL in self.deliveries


_SINGLE = [Way((delivery,)) for delivery in contract.DELIVERIES]
_BUNDLES = [Way((contract.PARCEL, contract.PROVISION)), Way(contract.DELIVERIES)]  # without codes, and with some
_VARIANTS = (contract.BULK, contract.PRESALE, contract.ON_DELIVERY, contract.PICK_UP)
WAYS = (*_SINGLE, *_BUNDLES, *(Way((contract.PARCEL,), variant) for variant in _VARIANTS))


@contextmanager
def whole_ground() -> Iterator[Ground]:
    with laid_ground() as ground:
        works = {name: works_on(engine, FixedClock(BEGINS)) for name, engine in ground.engines.items()}
        _enrol(works["points"])
        place_of(works["catalog"], kind="hall", place_id=HALL)
        for way in WAYS:
            _sell(works["catalog"], way)
        before = FixedClock(BEGINS - timedelta(days=1))
        for name in PARTNERS:
            works_on(ground.engines["orders"], before).run(put_provisioner, partner(name))
        yield ground


def _enrol(works: Works) -> None:
    card = {
        "member_id": MEMBER, "subscriber_no": None, "phone": "+8613800000000", "email": None, "name": None,
        "language": "zh", "state": "active", "tier": "registered", "channel": "import", "enrolled_at": BEGINS,
    }  # fmt: skip
    works.apply(event_of(members.MEMBERS_ENROLLED, MEMBER, {"members": [card]}), open_accounts)
    for unit in (points.POINTS, points.COINS):
        earned = {"member_id": MEMBER, "unit": unit, "points": WEALTH, "source": "campaign", "reference": "spring"}
        works.run(accrue_points, points.ACCRUE_POINTS.load_request({"request_id": f"wealth {unit}", **earned}))


def _sell(works: Works, way: Way) -> None:
    made = [_element(way, delivery) for delivery in way.deliveries if delivery != contract.PROVISION]
    switched_on = [_switched_on(way, name) for name in PARTNERS if contract.PROVISION in way.deliveries]
    parts = [(each["element_id"], 1) for each in (*made, *switched_on)]
    priced = [price(POINTS, FEN, way.price_id, coins=COINS)]
    kind = "physical" if way.is_carried else "virtual"
    one = goods(kind=kind, skus=[bundle(*parts, sku_id=way.sku_id, prices=priced)])
    bring_in(works, one, elements=[*made, *switched_on])
    _asked(works, catalog.SET_LIMIT, set_limit, subject=way.sku_id, period="month", most=100_000)
    _SOLD_AS.get(way.variant, lambda works, way: None)(works, way)


def _element(way: Way, delivery: str) -> dict[str, Any]:
    stock = {contract.CODE: CODES}.get(delivery, 0 if way.variant == contract.PICK_UP else STOCK)
    return element(stock, delivery, element_id=derived_id("elm", RUN, str(way), delivery))


def _switched_on(way: Way, name: str) -> dict[str, Any]:
    element_id = derived_id("elm", RUN, str(way), name)
    return element(STOCK, contract.PROVISION, element_id=element_id, provisioner=name, product=name)


def _lies_in_the_hall(works: Works, way: Way) -> None:
    receive(works, way.elements[0], STOCK, HALL)


def _is_sold_in_bulk(works: Works, way: Way) -> None:
    _asked(works, catalog.SET_BULK_OFFER, set_bulk_offer, sku_id=way.sku_id, least=PIECES, most=100)


def _is_still_to_come(works: Works, way: Way) -> None:
    ships_from = local_date(BEGINS + timedelta(days=SENT_IN_DAYS)).isoformat()
    ends_at = (BEGINS + timedelta(days=2)).isoformat()
    wish = {"sku_id": way.sku_id, "ends_at": ends_at, "ships_from": ships_from, "quota": STOCK}
    _asked(works, catalog.OPEN_PRESALE, open_presale, **wish)


_SOLD_AS = {
    contract.BULK: _is_sold_in_bulk,
    contract.PRESALE: _is_still_to_come,
    contract.PICK_UP: _lies_in_the_hall,
}


def _asked(works: Works, command: Any, usecase: Any, **wish: Any) -> None:
    request = {"request_id": f"{command.method} {wish}"[:80], "reason": "test", **wish}
    works.once(command, usecase, command.load_request(request))


def asked_of(engine: sa.Engine, statement: sa.TextClause, **values: Any) -> list[sa.Row]:
    with engine.connect() as connection:
        return list(connection.execute(statement, values))
