"""Members on a real database, with a clock that stands still and an SMS service that keeps what it was given."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.data.work import Works
from services.chassis.ids import new_id
from services.chassis.testkit import ScriptedRpc, database_of, event_of, works_on
from services.members import contract
from services.members.settings import MembersSettings
from services.members.usecases.change_state import change_state
from services.members.usecases.check_session import check_session
from services.members.usecases.count_qualifying_points import count_qualifying_points
from services.members.usecases.discount_qualifying_points import discount_qualifying_points
from services.members.usecases.import_subscribers import import_subscribers
from services.members.usecases.send_sign_in_code import send_sign_in_code
from services.members.usecases.sign_in import sign_in
from services.notifications.contract import SEND_CODE
from services.points.contract import POINTS_ACCRUED, POINTS_CLAWED_BACK

engine = database_of("members")
_numbers = itertools.count(1)


def _accept(request: dict[str, Any]) -> dict[str, Any]:
    return {"message_id": new_id("msg")}


@dataclass
class Desk:
    """What the gateway would do, on one database. Requests are loaded by their contract, as on the bus."""

    engine: sa.Engine
    clock: FixedClock = field(default_factory=lambda: FixedClock(datetime(2026, 11, 2, 4, 0, tzinfo=UTC)))
    rpc: ScriptedRpc = field(default_factory=lambda: ScriptedRpc({SEND_CODE: _accept}))
    settings: MembersSettings = field(default_factory=lambda: MembersSettings(pepper="pepper of the tests"))

    @property
    def works(self) -> Works:
        return works_on(self.engine, clock=self.clock, rpc=self.rpc, settings=self.settings)

    def send(self, phone: str, code: str = "482913", request_id: str | None = None) -> dict[str, Any]:
        request = {"request_id": request_id or new_id("req"), "phone": phone}
        return send_sign_in_code(self.works, contract.SEND_SIGN_IN_CODE.load_request(request), code)

    def sign_in(self, phone: str, code: str = "482913", request_id: str | None = None) -> dict[str, Any]:
        typed = {"request_id": request_id or new_id("req"), "phone": phone, "code": code, "device": "test"}
        return sign_in(self.works, contract.SIGN_IN.load_request(typed))

    def signed_in(self, phone: str) -> dict[str, Any]:
        self.send(phone)
        return self.sign_in(phone)

    def check(self, token: str) -> dict[str, Any]:
        return check_session(self.works, {"token": token})

    def change(self, member_id: str, change: str, request_id: str | None = None) -> dict[str, Any]:
        typed = {"member_id": member_id, "change": change, "reason": "asked by phone", "actor": "ops:lin"}
        request = contract.CHANGE_STATE.load_request({**typed, "request_id": request_id or new_id("req")})
        return self.works.once(contract.CHANGE_STATE, change_state, request)

    def import_all(self, *subscribers: dict[str, Any], request_id: str | None = None) -> dict[str, Any]:
        typed = {"request_id": request_id or new_id("req"), "subscribers": list(subscribers)}
        request = contract.IMPORT_SUBSCRIBERS.load_request(typed)
        return self.works.once(contract.IMPORT_SUBSCRIBERS, import_subscribers, request)

    def accrue(self, postings: list[tuple[str, int]], event_id: str | None = None, on: str = "2026-11-01") -> bool:
        return self.works.apply(accrual_of(postings, event_id, on), count_qualifying_points)

    def claw_back(self, member_id: str, points: int, earned_on: str = "2026-11-01", **more: Any) -> bool:
        event_id = more.pop("event_id", None)
        data = {"member_id": member_id, "unit": "PTS", "points": points, "owed": 0, "available": 0}
        data |= {"source": "purchase", "reason": "goods_returned", "earned_on": earned_on} | more
        event = event_of(POINTS_CLAWED_BACK, member_id, data, event_id=event_id)
        return self.works.apply(event, discount_qualifying_points)

    def rows(self, statement: str, **values: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(sa.text(statement), values).all())

    def run(self, statement: str, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement), values)


def accrual_of(postings: list[tuple[str, int]], event_id: str | None, on: str) -> Any:
    lines = [{"member_id": who, "points": points, "available": points, "expires_on": None} for who, points in postings]
    data = {"source": "bill", "reference": "2026-10-aa", "effective_on": on, "postings": lines}
    return event_of(POINTS_ACCRUED, "2026-10-aa", data, event_id=event_id)


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return Desk(engine)


@pytest.fixture
def new_phone() -> Callable[[], str]:
    """A number that no other test uses, as a member types it."""
    return lambda: f"139{next(_numbers):08d}"


@pytest.fixture
def phone(new_phone: Callable[[], str]) -> str:
    return new_phone()


@pytest.fixture
def subscriber(new_phone: Callable[[], str]) -> Callable[..., dict[str, Any]]:
    def make(**fields: Any) -> dict[str, Any]:
        typed = new_phone()
        known = {"subscriber_no": f"T{typed}", "phone": typed, "name": "王芳", "joined_at": "2019-05-01T00:00:00+08:00"}
        return known | fields

    return make
