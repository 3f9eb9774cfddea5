"""What the database is spared when thousands want a ticket at once."""

import pytest
import sqlalchemy as sa

from services.catalog.contract import FLASH_BUSY, FLASH_SOLD_OUT
from services.catalog.settings import CatalogSettings
from services.catalog.usecases.admit_takers import MOST_SALES, Admission
from services.chassis.ids import new_id
from services.chassis.testkit import database_of
from tests.integration.catalog.in_a_flash import opened, run_jobs, taken
from tests.integration.catalog.shop import stocked
from tests.support.refusals import refusal_of

engine = database_of("catalog")


class Seconds:
    """A clock of an admission; ``then`` is done when it is looked at."""

    def __init__(self):
        self.now, self.then = 100.0, lambda: None

    def __call__(self):
        self.then()
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def connections(engine):
    """One entry for each time that a connection to the database is taken."""
    taken_out = []

    def note(*_):
        taken_out.append(True)

    sa.event.listen(engine, "checkout", note)
    yield taken_out
    sa.event.remove(engine, "checkout", note)


def test_sold_out_is_answered_without_the_database(works, seconds, connections):
    sale_id, admission = opened(works, stocked(works, 2), 1)["sale_id"], Admission(clock=seconds)
    taken(works, sale_id, admission=admission)
    first = refusal_of(taken, works, sale_id, admission=admission)
    assert (first.code, first.details["retry_after_s"]) == (FLASH_SOLD_OUT, 1.0)
    connections.clear()
    seconds.now += 0.75
    for _ in range(3):
        again = refusal_of(taken, works, sale_id, admission=admission)
        assert (again.code, again.details["retry_after_s"]) == (FLASH_SOLD_OUT, 0.25)
    assert connections == []


def test_what_came_back_is_had_within_the_second_and_in_another_process_at_once(works, seconds):
    sale_id, admission = opened(works, stocked(works, 2), 1)["sale_id"], Admission(clock=seconds)
    taken(works, sale_id, admission=admission)
    assert refusal_of(taken, works, sale_id, admission=admission).code == FLASH_SOLD_OUT
    works.clock.advance(minutes=5)
    run_jobs(works)
    assert refusal_of(taken, works, sale_id, admission=admission).code == FLASH_SOLD_OUT
    seconds.now += 1
    assert taken(works, sale_id, admission=admission)["state"] == "live"
    works.clock.advance(minutes=5)
    run_jobs(works)
    assert taken(works, sale_id, admission=Admission())["state"] == "live"


def test_so_many_are_in_the_database_at_once_and_the_next_one_is_told_to_come_again():
    admission = Admission(CatalogSettings(flash_at_once=2, flash_wait_s=0))
    with admission.turn("fls_1"), admission.turn("fls_1"):
        refusal = refusal_of(admission.turn("fls_1").__enter__)
        with admission.turn("fls_2"):
            pass
    assert (refusal.code, refusal.details) == (FLASH_BUSY, {"retry_after_s": 1})
    with admission.turn("fls_1"):
        assert len(admission._turnstiles) == 1
    assert admission._turnstiles == {}


def test_who_waited_until_nothing_was_left_does_not_ask_any_more(seconds):
    admission = Admission(clock=seconds)

    def sells_out():
        seconds.then = lambda: None
        admission.note_sold_out("fls_1")

    seconds.then = sells_out  # after the first look, before its turn has come
    assert refusal_of(admission.turn("fls_1").__enter__).code == FLASH_SOLD_OUT
    assert admission._turnstiles == {}


def test_what_is_remembered_is_bounded(seconds):
    admission = Admission(clock=seconds)
    sales = [new_id("fls") for _ in range(MOST_SALES + 1)]
    for sale_id in sales:
        admission.note_sold_out(sale_id)
    admission.refuse_if_sold_out(sales[0])
    assert refusal_of(admission.refuse_if_sold_out, sales[1]).code == FLASH_SOLD_OUT
