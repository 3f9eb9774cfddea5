"""Calls of partners end in a cooperative process, too, where no operation of TLS ends by itself."""

import eventlet
import pytest

from services.chassis.http_client import PartnerClient, PartnerUnavailable
from tests.support.trickling import HELLO, trickling

SOON_S = 0.5
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
SLOW = {
    "handshake": ("https", b"", HELLO + bytes(1000)),
    "headers": ("http", OK[:20], OK[20:] * 20),
    "body": ("http", OK, bytes(1000)),
}


@pytest.mark.parametrize(("scheme", "at_once", "slowly"), SLOW.values(), ids=SLOW)
def test_what_trickles_is_given_up_while_others_are_served(scheme, at_once, slowly):
    slow, fast = PartnerClient("slow", SOON_S), PartnerClient("fast")
    with trickling(at_once, slowly) as trickles, trickling(OK + bytes(1000), b"") as answers:
        call = eventlet.spawn(slow.request, "GET", f"{scheme}://{trickles.address}/")
        eventlet.sleep()
        assert fast.request("GET", f"http://{answers.address}/").content == bytes(1000)
        assert not call.dead, "it did not wait, so nothing was shown"
        with pytest.raises(PartnerUnavailable, match="not done within") as problem:
            call.wait()
        assert trickles.was_left.wait(10)
    assert problem.value.was_sent == (scheme == "http")
