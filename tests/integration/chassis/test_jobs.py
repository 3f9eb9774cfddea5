"""A job runs in one replica at a time, whatever its run takes and however it ends."""

import time
from typing import ClassVar

import eventlet
import pytest
import sqlalchemy as sa

from services.chassis.bus.providers import WorksProvider
from services.chassis.data.tables import job
from services.chassis.jobs import Every, drain, every
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


class NightlyService:
    """A job far longer than any other worker may run."""

    name = "nightly"
    works = WorksProvider()
    done: ClassVar[list[str]] = []
    takes_s = 1.0

    @every(seconds=86_400, limit_s=1_200)
    def look_through_everything(self):
        with self.works.begin() as work:
            work.at_leisure()
            work.execute(sa.text("SELECT pg_sleep(:seconds)"), {"seconds": self.takes_s})
        self.done.append("looked")


class EndlessService(NightlyService):
    name = "endless"
    takes_s = 600.0


class LazyService:
    name = "lazy"
    works = WorksProvider()
    looked: ClassVar[list[int]] = []

    @drain(idle_s=60)
    def look_around(self):
        self.looked.append(1)


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


def test_a_job_with_a_limit_of_its_own_may_take_longer_than_other_workers(start, database):
    NightlyService.done.clear()
    start(NightlyService, worker_limit_s=0.3)

    eventually(lambda: NightlyService.done)

    eventually(lambda: row_of(database).runs == 1)
    assert row_of(database).last_error is None


def sleepers(database):
    sessions = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%'"
    with database.connect() as connection:
        return connection.execute(sa.text(sessions + " AND state = 'active'")).scalars().all()


def test_a_stop_breaks_a_long_run_off_and_another_replica_takes_over(start, database):
    container = start(EndlessService, stop_grace_s=60.0)
    eventually(lambda: sleepers(database))
    lease = row_of(database)
    assert (lease.leased_until - lease.now).total_seconds() > 1_200

    with eventlet.Timeout(5):
        container.stop()

    row = row_of(database)
    assert row.leased_until is None
    assert (row.next_run_at - row.now).total_seconds() <= 60
    assert row.last_error == "look_through_everything was broken off"
    eventually(lambda: not sleepers(database))  # the server has noticed too


def test_a_drain_at_rest_is_stopped_at_once(start):
    LazyService.looked.clear()
    container = start(LazyService, stop_grace_s=60.0)
    eventually(lambda: LazyService.looked)
    eventlet.sleep(0.1)  # now it rests

    with eventlet.Timeout(3):
        container.stop()
