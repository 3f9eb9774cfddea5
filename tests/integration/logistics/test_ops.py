import orjson
import pytest
import sqlalchemy as sa

from services.chassis.testkit import database_of
from services.logistics import ops
from services.logistics.storage.tables import dispatch_stop, parked_callback, shipment
from tests.integration.logistics.stage import NOON, book_all, call_back, order, row_of, scan, stop

engine = database_of("logistics")


@pytest.fixture
def here(monkeypatch, engine):
    """The environment of an operator at this database."""
    monkeypatch.setenv("MALL_DATABASE_URL_LOGISTICS", engine.url.render_as_string(hide_password=False))


@pytest.fixture
def mall(works, swift, here):
    """A stopped order, a dispatched one and one picked up; the order ids."""
    orders = [order(works) for _ in range(3)]
    book_all(works)
    stop(works, orders[0])
    call_back(works, scan(row_of(works, orders[2]).id, row_of(works, orders[2]).waybill_no, "picked_up"))
    with works.begin() as work:
        work.execute(sa.update(shipment).values(created_at=sa.func.now()))
    return orders


def found_by(verb, capsys) -> tuple[int, dict[str, list[str]]]:
    capsys.readouterr()
    code = ops.main([verb, "--json"])
    return code, {each["name"]: each["found"] for each in orjson.loads(capsys.readouterr().out) if not each["ok"]}


def test_a_sound_mall_passes(mall, capsys):
    assert found_by("check", capsys) == (0, {})
    assert found_by("exceptions", capsys) == (0, {})


def test_the_report_for_people_lists_every_invariant(mall, capsys):
    assert ops.main(["check"]) == 0
    assert capsys.readouterr().out.count("✓ ") == 5


@pytest.mark.parametrize(
    ("verb", "spoil", "broken"),
    [
        ("check", lambda row: shipment.update().values(status="lost"), "status is the fold of the scans"),
        (
            "check",
            lambda row: dispatch_stop.insert().values(order_id=row.order_id, reason="x", stopped_at=NOON),
            "nothing of a stopped order is on its way",
        ),
        (
            "check",
            lambda row: parked_callback.insert().values(
                carrier="swift", webhook_id="w", waybill_no=row.waybill_no, reference=row.id, event_id="e",
                status="delivered", occurred_at=NOON, parked_at=NOON,
            ),
            "no callback is parked though its waybill is known",
        ),
        (
            "exceptions",
            lambda row: shipment.update().values(status="cancelled", undo_refused_at=NOON),
            "no stopped parcel was picked up all the same",
        ),
        (
            "exceptions",
            lambda row: shipment.update().values(status="pending", created_at=NOON.replace(year=2020)),
            "no shipment waits for a waybill longer than an hour",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(works, mall, capsys, verb, spoil, broken):
    row = row_of(works, mall[1])
    statement = spoil(row)
    if statement.is_update:
        statement = statement.where(shipment.c.id == row.id)
    with works.begin() as work:
        work.execute(statement)
    code, found = found_by(verb, capsys)
    assert code == 1
    assert list(found) == [broken]


def test_parked_callbacks_are_listed(works, swift, here, capsys):
    call_back(works, scan("shp_else", "ZZ1", "picked_up"))
    capsys.readouterr()
    assert ops.main(["parked", "--json"]) == 0
    (parked,) = orjson.loads(capsys.readouterr().out)
    assert (parked["carrier"], parked["waybill_no"], parked["status"]) == ("swift", "ZZ1", "picked_up")
    ops.main(["parked"])
    assert "swift ZZ1 picked_up" in capsys.readouterr().out


def test_without_a_database_it_says_what_is_missing(monkeypatch, capsys):
    for name in ("MALL_DATABASE_URL", "MALL_DATABASE_URL_LOGISTICS"):
        monkeypatch.delenv(name, raising=False)
    assert ops.main(["check"]) == 2
    assert "DATABASE_URL" in capsys.readouterr().err
