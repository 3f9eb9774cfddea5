"""What a service takes the time to be, on a machine whose clock is wrong."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from services.chassis.bus.providers import WorksProvider
from services.chassis.bus.rpc_server import query
from services.chassis.clock import SystemClock
from services.chassis.contract import Query
from services.chassis.resources import Resource
from services.chassis.schemas import Record, Request, instant

SLOW = timedelta(seconds=30)


class Times(Record):
    of_a_request = instant()
    of_a_resource = instant()


TELL = Query("teller", "tell", Request, Times)


class Bell:
    """It has works of its own, and rings by them."""

    def __init__(self, works):
        self.works = works

    def start(self):
        pass

    stop = start

    def rings_at(self):
        with self.works.begin() as work:
            return work.now


class TellerService:
    name = "teller"
    works = WorksProvider()
    bell = Resource(Bell)

    @query(TELL)
    def tell(self, request):
        with self.works.begin() as work:
            return {"of_a_request": work.now, "of_a_resource": self.bell.rings_at()}


@pytest.fixture(params=[timedelta(days=1), timedelta(days=-1)], ids=["a day ahead", "a day behind"])
def wrong_clock(request, monkeypatch):
    monkeypatch.setattr(SystemClock, "error", staticmethod(lambda: request.param))


def test_it_is_what_the_database_says_wherever_its_processes_run(wrong_clock, start, rpc, connection):
    start(TellerService)

    told = rpc.call(TELL, {})

    right = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    assert abs(datetime.fromisoformat(told["of_a_request"]) - right) < SLOW
    assert abs(datetime.fromisoformat(told["of_a_resource"]) - right) < SLOW
