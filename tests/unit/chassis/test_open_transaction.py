"""Nobody outside is asked while a transaction is open; whoever tries it hears of it, and nothing is sent."""

import threading
from contextlib import contextmanager

import pytest

from services.chassis.bus.rpc_client import RpcCaller
from services.chassis.context import Context
from services.chassis.contract import Query
from services.chassis.data.work import Works
from services.chassis.http_client import PartnerClient, PartnerUnavailable
from services.chassis.open_transaction import AskedInTransaction, leave_transactions_first
from services.chassis.schemas import Record, Request
from services.chassis.testkit import ScriptedRpc

NOWHERE = "http://127.0.0.1:1/"
ANYTHING = Query("nobody", "anything", Request, Record)


class NoDatabase:
    @contextmanager
    def begin(self):
        yield None


@pytest.fixture
def works():
    return Works(NoDatabase())


def ask_partner(partner):
    with pytest.raises(PartnerUnavailable, match="away: "):
        partner.request("GET", NOWHERE)


def test_a_partner_is_asked_before_and_after_but_not_meanwhile(works):
    partner = PartnerClient("away", 0.5, pool_size=1, patience_s=0)
    ask_partner(partner)
    with works.begin(), pytest.raises(AskedInTransaction, match="away is asked while a transaction is open"):
        partner.request("GET", NOWHERE)
    with works.begin(), pytest.raises(AskedInTransaction):
        partner.download("GET", NOWHERE, 1, 1)
    ask_partner(partner)
    assert partner.breaker.failures == 2  # what was not asked has not failed


def test_a_transaction_that_broke_off_is_over(works):
    with pytest.raises(KeyError), works.begin():
        raise KeyError
    ask_partner(PartnerClient("away", 0.5))


def test_after_a_transaction_within_another_one_that_is_still_open(works):
    with works.begin():
        with works.begin():
            pass
        with pytest.raises(AskedInTransaction):
            leave_transactions_first("anybody")
    leave_transactions_first("anybody")


def test_a_use_case_is_in_a_transaction(works):
    with pytest.raises(AskedInTransaction):
        works.run(lambda _work, _request: PartnerClient("away").request("GET", NOWHERE), {})


def test_others_ask_meanwhile(works):
    outcomes = []

    def ask():
        ask_partner(PartnerClient("away", 0.5))
        outcomes.append("asked")

    with works.begin():
        other = threading.Thread(target=ask)
        other.start()
        other.join()
    assert outcomes == ["asked"]


@pytest.mark.parametrize("rpc", [RpcCaller(None, Context.fresh()), ScriptedRpc()])
@pytest.mark.parametrize(
    "ask",
    [
        lambda rpc: rpc.call(ANYTHING, {}),
        lambda rpc: rpc.ask(ANYTHING, {}),
        lambda rpc: rpc.ask_all([(ANYTHING, {})]),
    ],
)
def test_no_service_is_asked(works, rpc, ask):
    with works.begin(), pytest.raises(AskedInTransaction, match=r"nobody\.anything"):
        ask(rpc)
