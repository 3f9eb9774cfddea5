"""Things that live as long as the process, beside the workers that use them."""

import eventlet
import pytest
import sqlalchemy as sa

from services.chassis.bus.providers import WorksProvider
from services.chassis.bus.rpc_server import query
from services.chassis.contract import Query
from services.chassis.resources import Resource
from tests.integration.chassis.echo import Said, Say, note

LOOK = Query("keeper", "look", Say, Said)
MADE = []


class Keeper:
    """Keeps notes of its own, with the works it was made with."""

    def __init__(self, works):
        self.works, self.running, self.seen = works, False, []
        MADE.append(self)

    def start(self):
        self.running = True
        with self.works.begin() as work:
            work.execute(note.insert().values(what=f"{self.works.settings} started by {self.works.context.actor}"))

    def stop(self):
        self.running = False


class KeeperService:
    name = "keeper"
    works = WorksProvider()
    keeper = Resource(Keeper, lambda: "own settings")

    @query(LOOK)
    def look(self, request):
        eventlet.sleep(request["pause_ms"] / 1000)
        self.keeper.seen.append(self.keeper.running)
        return {"word": request["word"], "times": len(self.keeper.seen)}


@pytest.fixture
def keeper(start):
    MADE.clear()
    container = start(KeeperService)
    return container, MADE[0]


def test_it_is_made_once_and_runs_while_requests_are_served(keeper, rpc):
    for times in (1, 2):
        assert rpc.call(LOOK, {"request_id": "r", "word": "a"}) == {"word": "a", "times": times}
    assert len(MADE) == 1
    assert MADE[0].seen == [True, True]


def test_it_works_by_itself_with_settings_and_a_name_of_its_own(keeper, database):
    with database.connect() as connection:
        assert connection.execute(sa.select(note.c.what)).scalars().all() == ["own settings started by resource:keeper"]


def test_it_stops_after_the_last_worker(keeper, rpc):
    container, made = keeper
    asked = eventlet.spawn(rpc.call, LOOK, {"request_id": "r", "word": "slow", "pause_ms": 600})
    eventlet.sleep(0.2)
    container.stop()
    assert asked.wait()["word"] == "slow"
    assert made.seen == [True]
    assert made.running is False
