"""A job runs in one replica at a time, whatever its run takes and however it ends."""

import time
from typing import ClassVar

import eventlet
import pytest
import sqlalchemy as sa

from services.chassis.bus.providers import WorksProvider
from services.chassis.data.tables import job
from services.chassis.jobs import Every, every
from tests.integration.chassis.conftest import eventually
from tests.integration.chassis.echo import SAY, EchoService, HeardService


class SlowService:
    name = "slow"
    works = WorksProvider()
    running: ClassVar[list[int]] = []
    most: ClassVar[list[int]] = []

    @every(seconds=0.1, lease_s=0.2)
    def work_long(self):
        self.running.append(1)
        self.most.append(len(self.running))
        time.sleep(0.8)
        self.running.pop()


class DailyService:
    name = "daily"
    works = WorksProvider()

    @every(seconds=86_400)
    def clean_up(self):
        pass


@pytest.fixture
def daily(start, database):
    """Two replicas' timers of one daily job, at rest."""
    containers = [start(DailyService) for _ in range(2)]
    eventually(lambda: row_of(database) and row_of(database).runs == 1)
    for container in containers:
        container.stop()
    due(database)
    return [next(each for each in c.entrypoints if isinstance(each, Every)) for c in containers]


def row_of(database):
    with database.connect() as connection:
        return connection.execute(sa.select(job, sa.func.now().label("now"))).one_or_none()


def due(database, **values):
    past = sa.func.now() - sa.func.make_interval(0, 0, 0, 0, 0, 0, 1)
    with database.begin() as connection:
        connection.execute(sa.update(job).values(next_run_at=past, **values))


def test_a_run_longer_than_its_lease_is_not_joined_by_another(start, database):
    SlowService.running.clear()
    SlowService.most.clear()
    start(SlowService)
    start(SlowService)

    eventually(lambda: len(SlowService.most) >= 3)

    assert set(SlowService.most) == {1}


def test_who_lost_the_lease_does_not_end_that_of_its_successor(daily, database):
    first, second = daily
    lost = first._claim()
    due(database, leased_until=sa.func.now() - sa.func.make_interval(0, 0, 0, 0, 0, 0, 1))
    held = second._claim()
    assert lost and held

    first._finish(lost, None)

    assert row_of(database).leased_until == held
    second._finish(held, None)
    assert row_of(database).leased_until is None


def test_a_daily_job_that_failed_is_tried_again_soon(daily, database):
    timer = daily[0]

    timer._finish(timer._claim(), ConnectionError("the database was away"))

    row = row_of(database)
    assert row.last_error == "the database was away"
    assert (row.next_run_at - row.now).total_seconds() <= 60


def test_a_daily_job_that_went_well_rests_a_day(daily, database):
    timer = daily[0]

    timer._finish(timer._claim(), None)

    assert (row_of(database).next_run_at - row_of(database).now).total_seconds() > 86_000


def test_work_that_is_committed_here_wakes_the_drain_at_once(start, rpc, notes):
    start(HeardService)
    start(EchoService)
    eventually(lambda: notes("looked") >= 1)
    eventlet.sleep(0.5)  # now it rests, for seconds
    before = notes("looked")

    rpc.call(SAY, {"request_id": "wake", "word": "hello"})

    eventually(lambda: notes("heard:hello") == 1)
    eventually(lambda: notes("looked") > before, within_s=1.5)
