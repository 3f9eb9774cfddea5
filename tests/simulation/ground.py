"""What every schedule of a process stands on: a database for each service, carriers, merchants, goods and members."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.catalog import contract as catalog
from services.catalog.usecases.import_catalog import import_catalog
from services.chassis.clock import FixedClock
from services.chassis.ids import derived_id
from services.chassis.testkit import event_of, works_on
from services.chassis.testkit.databases import fresh_database
from services.logistics.contract import PUT_CARRIER
from services.logistics.settings import LogisticsSettings
from services.logistics.usecases.put_carrier import put_carrier
from services.members import contract as members
from services.points import contract as points
from services.points.usecases.accrue_points import accrue_points
from services.points.usecases.open_accounts import open_accounts
from tests.integration.catalog.shop import CATEGORIES, SVG
from tests.simulation import flash_sales
from tests.simulation.partners import CARRIER, SECRET
from tests.simulation.store import Eyes, give_virtual_time

BEGINS = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SERVICES = ("orders", "points", "catalog", "logistics")
AT_A_TIME = 20  # schedules for which goods are brought in together
UNITS = {"PTS": "points", "COIN": "coins"}  # of wallets, with what orders call their amounts


class Good(NamedTuple):
    """What a piece costs, who sells it and how it is delivered."""

    points: int
    coins: int
    cash_fen: int
    merchant: str
    kind: str


GOODS = {
    "rice": Good(300, 0, 0, "one", "physical"),
    "phone": Good(500, 0, 9900, "one", "physical"),
    "tea": Good(0, 0, 2500, "two", "physical"),
    "code": Good(200, 0, 0, "one", "virtual"),
    "film": Good(0, 3, 1500, "one", "virtual"),
    "cup": Good(100, 2, 0, "two", "physical"),
    "lamp": Good(900, 0, 0, "two", "physical"),
}
IN_A_FLASH = "lamp"
LOGISTICS = LogisticsSettings(public_url="http://mall.test/", secrets={"carrier": SECRET})


@dataclass
class Ground:
    engines: dict[str, sa.Engine]
    eyes: dict[str, Eyes]
    stocked: frozenset[str] = frozenset()

    def prepare(self, run: str) -> None:
        """Goods for ``run``, and for those that are likely to follow it: runs are named ``<kind>-<number>``."""
        if run not in self.stocked:
            kind, _, number = run.rpartition("-")
            first = int(number) - int(number) % AT_A_TIME
            runs = [f"{kind}-{each}" for each in range(first, first + AT_A_TIME)]
            _bring_in(self.engines["catalog"], runs)
            self.stocked |= frozenset(runs)
        if flash_sales.has_one(run):
            flash_sales.open_one(works_on(self.engines["catalog"], FixedClock(BEGINS)), run, sku_of(run, IN_A_FLASH))


@contextmanager
def laid_ground() -> Iterator[Ground]:
    with ExitStack() as stack:
        engines = {name: stack.enter_context(fresh_database(name, pool_size=3)) for name in SERVICES}
        for engine in engines.values():
            give_virtual_time(engine)
        request = {
            "request_id": "swift", "code": CARRIER, "name_zh": "迅捷", "name_en": "Swift", "adapter": "open_parcel",
            "endpoint": "http://carrier.test", "secret_name": "carrier", "coverage": [], "first_fen": 1000,
            "priority": 10, "is_active": True, "actor": "staff:1",
        }  # fmt: skip
        works = works_on(engines["logistics"], FixedClock(BEGINS), settings=LOGISTICS)
        put_carrier(works, PUT_CARRIER.load_request(request))
        eyes = {name: Eyes(engine) for name, engine in engines.items()}
        for each in eyes.values():
            stack.callback(each.close)
        yield Ground(engines, eyes)


def sku_of(run: str, name: str) -> str:
    return derived_id("sku", run, name)


def price_of(run: str, name: str) -> str:
    return derived_id("prc", run, name)


def merchant_of(name: str) -> str:
    return derived_id("mer", "simulation", GOODS[name].merchant)


def stock_of(run: str, name: str) -> int:
    """Few, so that some orders find none; the same for one run whenever it is asked for. Of what is on sale in a flash
    there is enough for the sale."""
    return flash_sales.QUOTA + 1 if name == IN_A_FLASH else 1 + int(derived_id("stk", run, name)[-4:], 16) % 5


def wealth_of(run: str) -> dict[str, int]:
    """Points and coins that the member has; in small cases enough."""
    if not run.startswith("seed-"):
        return {"PTS": 5_000, "COIN": 50}
    return {
        "PTS": (400, 1_000, 5_000, 5_000)[int(derived_id("wlt", run)[-4:], 16) % 4],
        "COIN": (2, 6, 50, 50)[int(derived_id("wlt", run, "coins")[-4:], 16) % 4],
    }


def member_of(run: str) -> str:
    return derived_id("mbr", "simulation", run)


def enrol(engine: sa.Engine, run: str) -> None:
    works = works_on(engine, FixedClock(BEGINS))
    card = {
        "member_id": member_of(run), "subscriber_no": None, "phone": "+8613800000000", "email": None, "name": None,
        "language": "zh", "state": "active", "tier": "registered", "channel": "import", "enrolled_at": BEGINS,
    }  # fmt: skip
    with works.begin() as work:
        open_accounts(work, event_of(members.MEMBERS_ENROLLED, card["member_id"], {"members": [card]}))
        for unit, amount in wealth_of(run).items():
            earned = {"member_id": card["member_id"], "unit": unit, "points": amount, "source": "campaign"}
            named = {"request_id": f"wealth-{run}-{unit}", "reference": "spring"}
            accrue_points(work, points.ACCRUE_POINTS.load_request({**named, **earned}))


def _bring_in(engine: sa.Engine, runs: list[str]) -> None:
    """Each kind of goods with a SKU for each run."""
    names = sorted({good.merchant for good in GOODS.values()})
    merchants = [
        {"merchant_id": derived_id("mer", "simulation", name), "name_zh": f"商户{name}", "name_en": f"Merchant {name}"}
        for name in names
    ]
    request = {
        "request_id": f"goods-{runs[0]}-{runs[-1]}",
        "merchants": merchants,
        "categories": CATEGORIES,
        "goods": [_goods(name, runs) for name in GOODS],
    }
    works = works_on(engine, FixedClock(BEGINS))
    usecase = partial(import_catalog, random_bytes=secrets.token_bytes)
    works.once(catalog.IMPORT_CATALOG, usecase, catalog.IMPORT_CATALOG.load_request(request))


def _goods(name: str, runs: list[str]) -> dict[str, Any]:
    return {
        "goods_id": derived_id("gds", runs[0], name), "merchant_id": merchant_of(name), "category": "digital/phone",
        "kind": GOODS[name].kind, "name_zh": f"{name} {runs[0]}", "name_en": f"{name} {runs[0]}", "picture_svg": SVG,
        "skus": [_sku(run, name) for run in runs],
    }  # fmt: skip


def _sku(run: str, name: str) -> dict[str, Any]:
    cost = {unit: getattr(GOODS[name], unit) for unit in ("points", "coins", "cash_fen")}
    price = {"price_id": price_of(run, name), **cost}
    return {"sku_id": sku_of(run, name), "prices": [price], "stock": stock_of(run, name)}
