"""Places orders on the running mall, and knows when everything they bring about is done."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.load.asking import until_answered
from tests.load.cpu import Group, mall_groups
from tests.load.http_driver import Load, closed_loop, open_loop
from tests.load.mall_work import MallWork, mall_work
from tests.load.order_load import CREATED
from tests.load.redeem_setting import Setting, parcels_held, prepare


@dataclass
class MallSide:
    setting: Setting
    work: MallWork
    groups: list[Group]
    since: Any = field(default=None)
    accepted: int = 0
    asked_again: int = 0

    def place(self, orders: int, connections: int) -> Load:
        requests = self._requests(orders)
        return self._counted(closed_loop(self.setting.url, requests, connections, until_answered))

    def place_steadily(self, orders: int, connections: int, per_second: float) -> Load:
        requests = self._requests(orders)
        return self._counted(open_loop(self.setting.url, requests, connections, per_second, until_answered))

    def settle(self, load: Load) -> None:
        order_ids = [json.loads(answer.body)["order_id"] for answer in load.answers]
        self.work.wait_for_orders(order_ids, self.since)

    def _counted(self, load: Load) -> Load:
        self.accepted += sum(answer.status == CREATED for answer in load.answers)
        self.asked_again += sum(answer.tries > 1 for answer in load.answers)
        return load

    def _requests(self, orders: int) -> list[bytes]:
        self.since = self.work.now()
        return self.setting.orders(orders)


@contextmanager
def mall_side(buyers: int) -> Iterator[MallSide]:
    """The mall that the environment names, with ``buyers`` who can afford anything."""
    with ExitStack() as stack:
        stack.enter_context(parcels_held())
        setting = prepare(buyers)
        work = stack.enter_context(mall_work(os.environ["MALL_DATABASE_URL"]))
        work.wait_for_rest()
        yield MallSide(setting, work, mall_groups(os.environ["MALL_AMQP_URL"]))
