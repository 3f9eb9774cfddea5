"""RPC of the chassis on a real broker: answers, refusals, faults, deadlines, retries, nonsense."""

import time

import eventlet
import pytest
from kombu import Connection

from services.chassis.bus.faults import RpcFault, RpcTimeout, ServiceUnavailable
from services.chassis.bus.reply_channel import ReplyChannel
from services.chassis.bus.rpc_client import RpcCaller
from services.chassis.context import Context
from services.chassis.open_transaction import AskedInTransaction
from services.chassis.refusal import Refused
from services.chassis.testkit import works_on
from tests.integration.chassis.conftest import eventually
from tests.integration.chassis.echo import BREAK, MISSING, RELAY_SAY, SAY, SHOUT, EchoService, FrontService
from tests.integration.chassis.valve import Valve


def test_a_command_answers_and_writes_once(start, rpc, notes):
    start(EchoService)
    request = {"request_id": "r1", "word": "hello"}

    first = rpc.call(SAY, request)
    again = rpc.call(SAY, request)

    assert first == again == {"word": "hello", "times": 1}
    assert notes("said:hello") == 1


def test_nobody_is_asked_while_a_transaction_is_open(start, rpc, database, notes):
    start(EchoService)
    request = {"request_id": "r1", "word": "hello"}
    works = works_on(database)

    with pytest.raises(AskedInTransaction), works.begin():
        rpc.call(SAY, request)
    with pytest.raises(AskedInTransaction), works.begin():
        rpc.ask_all([(SAY, request)])

    assert notes("said:hello") == 0
    assert rpc.call(SAY, request) == {"word": "hello", "times": 1}


def test_the_same_request_id_with_another_content_is_refused(start, rpc):
    start(EchoService)
    rpc.call(SAY, {"request_id": "r1", "word": "hello"})

    with pytest.raises(Refused) as refused:
        rpc.call(SAY, {"request_id": "r1", "word": "other"})

    assert refused.value.code == "request.key_reused"


def test_a_refusal_is_data_and_is_remembered(start, rpc):
    start(EchoService)

    replies = [rpc.ask(SAY, {"request_id": "r1", "word": "rude"}) for _ in range(2)]

    rejection = {"code": "echo.rude", "message": "not here", "details": {"word": "rude"}}
    assert replies == [{"ok": False, "rejection": rejection}] * 2


def test_an_invalid_request_names_the_fields(start, rpc):
    start(EchoService)

    with pytest.raises(Refused) as refused:
        rpc.call(SAY, {"request_id": "r1", "word": 5, "extra": 1})

    assert refused.value.code == "request.invalid"
    assert refused.value.details["fields"] == {"word": ["Not a valid string."], "extra": ["Unknown field."]}


def test_concurrent_requests_with_one_id_have_one_effect(start, rpc, notes):
    start(EchoService)
    request = {"request_id": "r1", "word": "race"}

    threads = [eventlet.spawn(rpc.call, SAY, request) for _ in range(8)]
    answers = [thread.wait() for thread in threads]

    assert answers == [{"word": "race", "times": 1}] * 8
    assert notes("said:race") == 1


def test_a_call_through_two_services(start, rpc):
    start(EchoService)
    start(FrontService)
    assert rpc.call(RELAY_SAY, {"request_id": "r9", "word": "via"}) == {"word": "via", "times": 1}


def test_many_calls_at_once_run_in_parallel(start, rpc):
    start(EchoService)
    started = time.monotonic()
    replies = rpc.ask_all([(SHOUT, {"request_id": "q", "word": f"w{i}", "pause_ms": 400}) for i in range(6)])
    assert [reply["value"]["word"] for reply in replies] == [f"W{i}" for i in range(6)]
    assert time.monotonic() - started < 2.0  # one after the other would be 2.4 s


def test_an_unknown_service_is_said_at_the_deadline(rpc):
    with pytest.raises(ServiceUnavailable):
        rpc.call(MISSING, {"request_id": "r1", "word": "x"})


def test_a_slow_answer_ends_in_a_timeout_and_leaves_nothing_behind(start, rpc):
    start(EchoService)
    with pytest.raises(RpcTimeout):
        rpc.call(SHOUT, {"request_id": "r1", "word": "slow", "pause_ms": 3000}, timeout_s=0.5)
    assert rpc.channel._waiters == {}


def test_work_that_is_broken_off_is_a_timeout_to_its_caller_though_an_answer_comes(start, rpc):
    start(EchoService, worker_limit_s=0.3)
    with pytest.raises(RpcTimeout, match="not done after"):
        rpc.call(SHOUT, {"request_id": "r1", "word": "slow", "pause_ms": 3000})


def test_a_worker_that_raises_system_exit_is_a_fault_and_the_service_lives(start, rpc):
    start(EchoService)
    with pytest.raises(RpcFault):
        rpc.call(BREAK, {"request_id": "r1", "word": "x"})
    assert rpc.call(SHOUT, {"request_id": "r2", "word": "alive"})["word"] == "ALIVE"


def test_nonsense_on_the_queue_does_not_kill_the_service(start, rpc, amqp_url):
    start(EchoService)
    with Connection(amqp_url) as connection:
        producer = connection.Producer()
        for body in ("[]", '{"args": 5}', '{"args": [1, 2], "kwargs": {}}', '{"args": [{}], "kwargs": {"x": 1}}'):
            producer.publish(body, exchange="nameko-rpc", routing_key="echo.say", content_type="application/json")
        pickle = "application/x-python-serialize"
        producer.publish(b"\x80\x04", exchange="nameko-rpc", routing_key="echo.say", content_type=pickle)
        producer.publish(b"{", exchange="nameko-rpc", routing_key="echo.say", content_type="application/json")
        producer.publish(
            '{"args": [{}], "kwargs": {}}',
            exchange="nameko-rpc",
            routing_key="echo.say",
            content_type="application/json",
            headers={"nameko.call_id_stack": "nonsense"},
        )
    assert rpc.call(SHOUT, {"request_id": "r2", "word": "alive"})["word"] == "ALIVE"


def test_a_request_that_waits_in_the_queue_is_taken_when_the_service_comes(start, rpc):
    container = start(EchoService)
    container.stop()
    late = eventlet.spawn(rpc.call, SHOUT, {"request_id": "r1", "word": "late"})
    eventlet.sleep(0.3)
    start(EchoService)
    assert late.wait()["word"] == "LATE"


def test_work_in_flight_is_finished_and_acked_on_stop(start, rpc, amqp_url):
    container = start(EchoService)
    slow = eventlet.spawn(rpc.call, SAY, {"request_id": "r1", "word": "last", "pause_ms": 2300}, 8.0)
    eventlet.sleep(0.3)

    container.stop()

    assert slow.wait() == {"word": "last", "times": 1}
    with Connection(amqp_url) as connection:
        assert connection.channel().queue_declare("rpc-echo", passive=True).message_count == 0


def test_the_callers_deadline_travels(start, rpc):
    start(EchoService)
    start(FrontService)
    hurried = type(rpc)(rpc.channel, Context.fresh("test").within(0.4))
    with pytest.raises(RpcFault):
        hurried.call(RELAY_SAY, {"request_id": "r1", "word": "x", "pause_ms": 1500})
    eventually(lambda: rpc.channel._waiters == {})


def test_large_requests_at_once_do_not_mix_on_the_wire(start, rpc):
    start(EchoService)
    channel = rpc.channel._channel
    large = {"request_id": "q", "word": "x" * 6_000_000}  # refused for its length, which is answer enough
    small = {"request_id": "q", "word": "small"}

    threads = [eventlet.spawn(rpc.ask, SHOUT, request, 20.0) for request in [large, small] * 4]
    replies = [thread.wait() for thread in threads]

    assert [reply["ok"] for reply in replies] == [False, True] * 4
    assert rpc.channel._channel is channel  # a mixed-up stream would have ended the connection


def test_a_request_broken_off_by_its_deadline_does_not_spoil_the_next(start, amqp_url):
    start(EchoService)
    valve = Valve(amqp_url)
    channel = ReplyChannel(valve.url)
    channel.open()
    channel.wait_until_connected()
    caller = RpcCaller(channel, Context.fresh("test"))
    valve.stall()
    with pytest.raises(RpcFault):
        caller.call(SHOUT, {"request_id": "q1", "word": "x" * 20_000_000}, 1.0)
    valve.flow()

    assert caller.call(SHOUT, {"request_id": "q2", "word": "next"}, 5.0)["word"] == "NEXT"

    channel.stop()
    valve.close()
