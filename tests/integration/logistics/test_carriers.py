from itertools import pairwise

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.refusal import INVALID_REQUEST, Refused
from services.chassis.testkit import database_of, race
from services.logistics.contract import CHECK_COLLECTION, LIST_CARRIERS, PUT_CARRIER
from services.logistics.storage.tables import carrier_change
from services.logistics.usecases.check_collection import check_collection
from services.logistics.usecases.list_carriers import list_carriers
from tests.integration.logistics.stage import configure

engine = database_of("logistics")


def changes(works):
    with works.begin() as work:
        return work.execute(sa.select(carrier_change).order_by(carrier_change.c.id)).all()


def test_a_carrier_is_configured_and_listed(works):
    answer = configure(works, "swift", "http://carrier.test/api")
    expected = {
        "code": "swift", "name_zh": "swift 快递", "name_en": "swift Express", "adapter": "open_parcel",
        "is_active": True, "collects_cash": True, "priority": 10,
    }  # fmt: skip
    assert answer == expected
    assert LIST_CARRIERS.dump_reply(works.run(list_carriers, {})) == {"carriers": [expected]}


def test_every_change_is_kept_with_actor_before_and_after(works):
    configure(works, "swift", "http://carrier.test", first_fen=1000)
    configure(works, "swift", "http://carrier.test", first_fen=800, actor="staff:2")
    first, second = changes(works)
    assert (first.actor, first.before, first.after["first_fen"]) == ("staff:1", None, 1000)
    assert (second.actor, second.before["first_fen"], second.after["first_fen"]) == ("staff:2", 1000, 800)


def test_whether_it_collects_cash_stays_until_somebody_says_otherwise(works):
    configure(works, "swift", "http://carrier.test", coverage=["广东省"], collects_cash=False)
    assert configure(works, "swift", "http://carrier.test", coverage=["广东省"], first_fen=1)["collects_cash"] is False
    assert collected(works, "广东") is False
    configure(works, "slow", "http://slow.test", coverage=["广西"], collects_cash=True, first_fen=2000)
    assert [collected(works, province) for province in ("广东省", "广西壮族自治区")] == [False, True]
    configure(works, "slow", "http://slow.test", coverage=["广西"], is_active=False)
    assert collected(works, "广西") is False
    assert [change.after["collects_cash"] for change in changes(works)] == [False, False, True, True]


def collected(works, province):
    asked = CHECK_COLLECTION.load_request({"province": province})
    return CHECK_COLLECTION.dump_reply(works.run(check_collection, asked))["is_offered"]


def test_the_same_request_again_and_the_same_values_change_nothing(works):
    request_id = new_id("req")
    for _ in range(2):
        configure(works, "swift", "http://carrier.test", request_id=request_id)
    configure(works, "swift", "http://carrier.test")
    assert len(changes(works)) == 1


def test_writers_at_once_leave_an_unbroken_trail(works):
    race(*[lambda fen=fen: configure(works, "swift", "http://carrier.test", first_fen=fen) for fen in range(1, 9)])
    trail = changes(works)
    assert len(trail) == 8
    assert all(later.before == earlier.after for earlier, later in pairwise(trail))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("endpoint", "ftp://carrier.test"),
        ("endpoint", "http://"),
        ("endpoint", "http://user:pass@carrier.test"),
        ("endpoint", "http://carrier.test:99999"),
        ("endpoint", "http://carrier.test?x=1"),
        ("secret_name", "nobody_has_this"),
    ],
)
def test_what_cannot_work_is_refused_by_name(works, field, value):
    with pytest.raises(Refused) as refused:
        configure(works, "swift", **{"endpoint": "http://carrier.test", field: value})
    assert (refused.value.code, list(refused.value.details["fields"])) == (INVALID_REQUEST, [field])
    assert changes(works) == []


def test_an_adapter_that_does_not_exist_is_refused_by_the_contract():
    with pytest.raises(Refused) as refused:
        PUT_CARRIER.load_request({"adapter": "carrier_pigeon"})
    assert "adapter" in refused.value.details["fields"]


@pytest.mark.parametrize("statement", [sa.delete(carrier_change), sa.update(carrier_change).values(actor="nobody")])
def test_the_trail_cannot_be_rewritten(works, statement):
    configure(works, "swift", "http://carrier.test")
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), works.begin() as work:
        work.execute(statement)
