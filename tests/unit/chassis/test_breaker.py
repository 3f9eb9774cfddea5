"""A partner that fails again and again is left alone for a while, then asked once."""

import pytest

from services.chassis import http_client
from services.chassis.http_client import Breaker, PartnerClient, PartnerUnavailable


class Watch:
    """The time that a breaker sees."""

    now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def watch(monkeypatch):
    watch = Watch()
    monkeypatch.setattr(http_client, "time", watch)
    return watch


def failing(breaker, times):
    for _ in range(times):
        breaker.record(False)
    return breaker


def test_it_opens_after_failures_in_a_row(watch):
    breaker = failing(Breaker(threshold=3, rest_s=10), 2)
    assert not breaker.refuses()
    breaker.record(True)
    assert not failing(breaker, 2).refuses()
    assert failing(breaker, 1).refuses()


def test_after_its_rest_one_call_goes_through_and_decides(watch):
    breaker = failing(Breaker(threshold=3, rest_s=10), 3)
    watch.now += 9.9
    assert breaker.refuses()
    watch.now += 0.1
    assert [breaker.refuses(), breaker.refuses()] == [False, True]
    breaker.record(False)
    assert breaker.refuses()
    watch.now += 10
    assert not breaker.refuses()
    breaker.record(True)
    assert not breaker.refuses()


def test_a_resting_partner_is_not_asked(monkeypatch):
    client = PartnerClient("down", timeout_s=0.2)
    asked = []

    def refuse(*_args, **_options):
        asked.append(1)
        raise http_client.requests.ConnectionError("refused")

    monkeypatch.setattr(http_client.BoundedAdapter, "send", refuse)
    for _ in range(client.breaker.threshold):
        with pytest.raises(PartnerUnavailable, match="refused"):
            client.request("GET", "http://partner.example/")
    with pytest.raises(PartnerUnavailable, match="resting"):
        client.request("GET", "http://partner.example/")
    assert len(asked) == client.breaker.threshold
