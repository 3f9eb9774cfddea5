"""The door of members."""

import secrets
from typing import Any

from services.chassis.bus.providers import WorksProvider
from services.chassis.bus.rpc_server import command, query
from services.chassis.bus.subscribe import subscribe
from services.chassis.data.work import ReceivedEvent
from services.chassis.health import Health
from services.chassis.jobs import every
from services.members import contract
from services.members.settings import read_members_settings
from services.members.usecases.apply_segment_rules import apply_segment_rules
from services.members.usecases.change_state import change_state
from services.members.usecases.check_session import check_session
from services.members.usecases.check_staff_key import check_staff_key
from services.members.usecases.count_qualifying_points import count_qualifying_points
from services.members.usecases.discount_qualifying_points import discount_qualifying_points
from services.members.usecases.find_member import find_member
from services.members.usecases.forget_old_sign_ins import forget_old_sign_ins
from services.members.usecases.get_credit import get_credit
from services.members.usecases.get_member import get_member, get_phone
from services.members.usecases.import_subscribers import import_subscribers
from services.members.usecases.list_sessions import list_sessions
from services.members.usecases.record_trade import record_good_trade, record_lost_dispute, record_refused_at_door
from services.members.usecases.revoke_session import revoke_session
from services.members.usecases.send_sign_in_code import send_sign_in_code
from services.members.usecases.sign_in import sign_in
from services.members.usecases.update_profile import update_profile
from services.orders.contract import CASE_DECIDED, ORDER_CANCELLED, ORDER_COMPLETED
from services.points.contract import POINTS_ACCRUED, POINTS_CLAWED_BACK

Reply = dict[str, Any]
CODES = 10**6


class MembersService:
    name = contract.SERVICE
    works = WorksProvider(read_members_settings)
    health = Health()

    @command(contract.SEND_SIGN_IN_CODE)
    def send_sign_in_code(self, request: dict[str, Any]) -> Reply:
        return send_sign_in_code(self.works, request, code=f"{secrets.randbelow(CODES):06d}")

    @command(contract.SIGN_IN)
    def sign_in(self, request: dict[str, Any]) -> Reply:
        return sign_in(self.works, request)  # not by works.once: the answer, a token, must not be written down

    @query(contract.CHECK_SESSION)
    def check_session(self, request: dict[str, Any]) -> Reply:
        return check_session(self.works, request)

    @query(contract.CHECK_STAFF_KEY)
    def check_staff_key(self, request: dict[str, Any]) -> Reply:
        return self.works.run(check_staff_key, request)

    @query(contract.LIST_SESSIONS)
    def list_sessions(self, request: dict[str, Any]) -> Reply:
        return list_sessions(self.works, request)

    @command(contract.REVOKE_SESSION)
    def revoke_session(self, request: dict[str, Any]) -> Reply:
        return self.works.once(contract.REVOKE_SESSION, revoke_session, request)

    @query(contract.GET_MEMBER)
    def get_member(self, request: dict[str, Any]) -> Reply:
        return self.works.run(get_member, request)

    @query(contract.GET_PHONE)
    def get_phone(self, request: dict[str, Any]) -> Reply:
        return self.works.run(get_phone, request)

    @query(contract.GET_CREDIT)
    def get_credit(self, request: dict[str, Any]) -> Reply:
        return self.works.run(get_credit, request)

    @query(contract.FIND_MEMBER)
    def find_member(self, request: dict[str, Any]) -> Reply:
        return self.works.run(find_member, request)

    @command(contract.UPDATE_PROFILE)
    def update_profile(self, request: dict[str, Any]) -> Reply:
        return self.works.once(contract.UPDATE_PROFILE, update_profile, request)

    @command(contract.CHANGE_STATE)
    def change_state(self, request: dict[str, Any]) -> Reply:
        return self.works.once(contract.CHANGE_STATE, change_state, request)

    @command(contract.IMPORT_SUBSCRIBERS)
    def import_subscribers(self, request: dict[str, Any]) -> Reply:
        return self.works.once(contract.IMPORT_SUBSCRIBERS, import_subscribers, request)

    @subscribe(POINTS_ACCRUED)
    def on_points_accrued(self, event: ReceivedEvent) -> None:
        self.works.apply(event, count_qualifying_points)

    @subscribe(POINTS_CLAWED_BACK)
    def on_points_clawed_back(self, event: ReceivedEvent) -> None:
        self.works.apply(event, discount_qualifying_points)

    @subscribe(ORDER_COMPLETED)
    def on_order_completed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_good_trade)

    @subscribe(ORDER_CANCELLED)
    def on_order_cancelled(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_refused_at_door)

    @subscribe(CASE_DECIDED)
    def on_case_decided(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_lost_dispute)

    @every(seconds=600)
    def forget_old_sign_ins(self) -> None:
        while forget_old_sign_ins(self.works):
            pass

    @every(seconds=300, limit_s=1_800)
    def apply_segment_rules(self) -> None:
        apply_segment_rules(self.works)
