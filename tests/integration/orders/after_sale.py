"""The shop with its after-sale desk: members open cases, staff decides them, points gives points back."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.catalog import contract as catalog
from services.chassis.contract import Command, Event
from services.chassis.ids import derived_id, new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import emitted
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.usecases.aftersale.cancel_pieces import cancel_pieces
from services.orders.usecases.aftersale.decide_case import approve_case, reject_case
from services.orders.usecases.aftersale.dispute_case import decide_dispute, dispute_case
from services.orders.usecases.aftersale.drive_cases import drive_cases
from services.orders.usecases.aftersale.look_up_cases import find_cases, get_case, list_cases
from services.orders.usecases.aftersale.open_case import open_case
from services.orders.usecases.aftersale.receive_at_place import receive_at_place
from services.orders.usecases.aftersale.send_goods_back import send_goods_back
from services.orders.usecases.aftersale.withdraw_case import withdraw_case
from services.points import contract as points
from tests.integration.orders.kit import NOON, Shop, parcel_data

Data = dict[str, Any]
HALL, CLOSED_HALL = derived_id("whs", "hall"), derived_id("whs", "closed-hall")
COLUMN_OF = {points.POINTS: "points", points.COINS: "coins"}
DONE_BY = {
    contract.OPEN_CASE: open_case,
    contract.CANCEL_PIECES: cancel_pieces,
    contract.WITHDRAW_CASE: withdraw_case,
    contract.APPROVE_CASE: approve_case,
    contract.REJECT_CASE: reject_case,
    contract.SEND_GOODS_BACK: send_goods_back,
    contract.DISPUTE_CASE: dispute_case,
    contract.DECIDE_DISPUTE: decide_dispute,
}


@dataclass
class Desk(Shop):
    """``used`` codes are not voided. ``given`` is what points gave back, by order and unit: once for each request id,
    never more than was taken."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.answers: dict[str, Data] = {}
        self.given: Counter[tuple[str, str]] = Counter()
        self.rpc.answers[points.REFUND_POINTS] = self._give_back
        self.used: set[str] = set()
        self.voided: set[str] = set()
        self.void_answers: dict[str, Data | Refused] = {}
        self.rpc.answers[catalog.VOID_CODES] = self._void
        self.rpc.answers[logistics.WITHHOLD_PIECES] = lambda request: {"order_id": request["order_id"], "shipments": 1}
        self.rpc.answers[catalog.WITHHOLD_PIECES] = lambda request: {"order_id": request["order_id"], "units": 1}
        self.places = {HALL: "open", CLOSED_HALL: "closed"}
        self.rpc.answers[catalog.LIST_PLACES] = lambda _: {"places": [place_of(*told) for told in self.places.items()]}

    def _give_back(self, request: Data) -> Data:
        if request["request_id"] not in self.answers:
            of = request["order_id"], request["unit"]
            if self.given[of] + request["points"] > getattr(self.row_of(request), COLUMN_OF[request["unit"]]):
                raise Refused(points.REFUND_TOO_LARGE, "more than was taken")
            self.given[of] += request["points"]
            self.answers[request["request_id"]] = {"order_id": request["order_id"], "points": request["points"]}
        return self.answers[request["request_id"]]

    def _void(self, request: Data) -> Data | Refused:
        """All or none, and the same request the same answer, as catalog does it."""
        if request["request_id"] not in self.void_answers:
            self.void_answers[request["request_id"]] = self._void_anew(request["order_id"], set(request["codes"]))
        return self.void_answers[request["request_id"]]

    def _void_anew(self, order_id: str, codes: set[str]) -> Data | Refused:
        if codes & self.used:
            return Refused(catalog.CODE_USED, "used before")
        if codes & self.voided:
            return Refused(catalog.CODE_VOIDED, "given back before")
        self.voided |= codes
        return {"order_id": order_id, "codes": len(codes)}

    def issue(self, order: Data, sku_id: str, element_id: str, *codes: str) -> None:
        issued = {"sku_id": sku_id, "element_id": element_id, "valid_until": None, "name_zh": "", "name_en": ""}
        self.hear(catalog.CODES_ISSUED, order, codes=[{**issued, "code": code} for code in codes])

    def deliver(self, *lines: tuple[str, int]) -> Data:
        """An order that is paid, settled and delivered."""
        order = self.sell(*lines)
        numbers = [line["line_no"] for line in order["lines"]]
        came = parcel_data(order["order_id"][-8:], "delivered", numbers, self.clock.now())
        self.hear(logistics.SHIPMENT_DELIVERED, order, **came, signed_by="王芳")
        return order

    def sell(self, *lines: tuple[str, int]) -> Data:
        """An order that is paid and settled."""
        return self.sell_as(*lines)

    def sell_as(self, *lines: tuple[str, int], **changes: Any) -> Data:
        """The same, of a request with ``changes``."""
        order = self.place(*lines, **changes)
        if order["cash_fen"]:
            self.pay(order)
        for unit, column in COLUMN_OF.items():
            if order[column]:
                self.hear_points(points.HOLD_CAPTURED, order, order[column], unit)
        return order

    def do(self, command: Command, **request: Any) -> Data:
        said = command.load_request({"request_id": new_id("req"), **request})
        if command is contract.RECEIVE_GOODS:
            return receive_at_place(self.works, said)
        return self.works.once(command, DONE_BY[command], said)

    def open(self, order: Data, kind: str, *lines: tuple[int, list[int]], **changes: Any) -> Data:
        """``lines`` are (number of the line, numbers of its pieces)."""
        named = [{"line_no": line_no, "units": units} for line_no, units in lines]
        said = {**self.of(order), "kind": kind, "lines": named, "reason": "faulty", **changes}
        return self.do(contract.OPEN_CASE, **said)

    def cancel_pieces(self, order: Data, *lines: tuple[int, list[int]], **changes: Any) -> Data:
        """``lines`` are (number of the line, numbers of its pieces)."""
        named = [{"line_no": line_no, "units": units} for line_no, units in lines]
        return self.do(contract.CANCEL_PIECES, **{**self.of(order), "lines": named, "reason": "too many", **changes})

    def ship(self, order: Data, status: str, *line_nos: int, name: str = "") -> None:
        """The order's parcel with these lines, as its carrier tells of it; ``name`` tells parcels apart."""
        event = logistics.SHIPMENT_DELIVERED if status == "delivered" else logistics.SHIPMENT_MOVED
        said = {"signed_by": "王芳"} if status == "delivered" else {}
        told = parcel_data(name + order["order_id"][-8:], status, list(line_nos), self.clock.now())
        self.hear(event, order, **told, **said)

    def approve(self, case: Data, **changes: Any) -> Data:
        return self.do(contract.APPROVE_CASE, case_id=case["case_id"], reason="agreed", **changes)

    def reject(self, case: Data) -> Data:
        return self.do(contract.REJECT_CASE, case_id=case["case_id"], reason="not faulty at all")

    def withdraw(self, case: Data) -> Data:
        return self.do(contract.WITHDRAW_CASE, **self.whose(case))

    def send_back(self, case: Data) -> Data:
        return self.do(contract.SEND_GOODS_BACK, **self.whose(case), carrier="sf", waybill_no="SF42")

    def receive_goods(self, case: Data, *rejected: tuple[int, int], **changes: Any) -> Data:
        """All pieces of the case are accepted but ``rejected`` ones, (number of the line, number of the piece)."""
        places = [(unit["line_no"], unit["unit_no"]) for unit in case["units"]]
        units = [{"line_no": line, "unit_no": no, "is_accepted": (line, no) not in rejected} for line, no in places]
        said = {"case_id": case["case_id"], "reason": "looked at", "units": units, **changes}
        return self.do(contract.RECEIVE_GOODS, **said)

    def bring_back(self, order: Data, kind: str, *lines: tuple[int, list[int]]) -> Data:
        """A case that is approved, and its goods are on their way back."""
        return self.send_back(self.approve(self.open(order, kind, *lines)))

    def dispute(self, case: Data) -> Data:
        return self.do(contract.DISPUTE_CASE, **self.whose(case), note="it is faulty")

    def decide_dispute(self, case: Data, is_member_right: bool) -> Data:
        said = {"is_member_right": is_member_right, "reason": "looked at again"}
        return self.do(contract.DECIDE_DISPUTE, case_id=case["case_id"], **said)

    def look(self, case: Data) -> Data:
        with self.works.begin() as work:
            return contract.GET_CASE.dump_reply(get_case(work, self.whose(case)))

    def cases(self, **wanted: Any) -> list[Data]:
        request = contract.LIST_CASES.load_request({"member_id": self.member_id, **wanted})
        return contract.LIST_CASES.dump_reply(self.works.run(list_cases, request))["cases"]

    def desk(self, **wanted: Any) -> list[Data]:
        request = contract.FIND_CASES.load_request(wanted)
        return contract.FIND_CASES.dump_reply(self.works.run(find_cases, request))["cases"]

    def whose(self, case: Data) -> dict[str, str]:
        return {"member_id": self.member_id, "case_id": case["case_id"]}

    def drive_cases(self) -> bool:
        return drive_cases(self.works)

    def run_jobs(self) -> None:
        super().run_jobs()
        while self.drive_cases():
            super().run_jobs()

    def told(self, case: Data, *events: Event) -> list[Data]:
        """What was told of a case, in order."""
        wanted = [event.type for event in events]
        return [one["data"] for one in emitted(self.engine, subject=case["case_id"]) if one["type"] in wanted]

    def back_of(self, order: Data) -> dict[str, int]:
        """What certainly went back, by tender."""
        wanted = sa.text(
            "SELECT kind, sum(amount) FROM tender_event JOIN tender USING (tender_id)"
            " WHERE order_id = :order_id AND op = 'refund' AND outcome = 'succeeded' GROUP BY kind"
        )
        with self.engine.connect() as connection:
            return {kind: int(amount) for kind, amount in connection.execute(wanted, {"order_id": order["order_id"]})}


def place_of(place_id: str, state: str) -> Data:
    """As catalog tells of places."""
    nowhere = dict.fromkeys(("province", "city", "latitude_e6", "longitude_e6"))
    told = {"version": 1, "changed_by": "test", "changed_at": NOON, "reason": "test"}
    return {"place_id": place_id, "kind": "hall", "name_zh": "厅", "name_en": "Hall", "priority": 1, "state": state} | (
        nowhere | told
    )
