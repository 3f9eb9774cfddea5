"""The same echo through the chassis. ``python -m tests.load.chassis_rpc callee|caller``."""

import os
import sys
import time

import eventlet
from nameko.containers import get_container_cls

import services.chassis.green  # noqa: F401 — before whatever opens a socket
from services.chassis.bus.reply_channel import ReplyChannel
from services.chassis.bus.rpc_client import RpcCaller
from services.chassis.bus.rpc_server import query
from services.chassis.bus.wire import use_fast_json
from services.chassis.context import Context
from services.chassis.contract import Query
from services.chassis.schemas import Record, Request, integer, text
from services.chassis.settings import read_settings
from tests.load.answers import answers_apart, questions


class Echo(Request):
    request_id = text(80)
    word = text(200)
    number = integer()


class Echoed(Record):
    word = text(200)
    number = integer()


ECHO = Query("bench_chassis_echo", "echo", Echo, Echoed, timeout_s=20)


class EchoService:
    name = "bench_chassis_echo"

    @query(ECHO)
    def echo(self, request):
        return request


def serve():
    config = read_settings(EchoService.name, uses_database=False, default_workers=64).as_nameko_config()
    container = get_container_cls(config)(EchoService, config)
    container.start()
    return container


def burst(channel, calls, at_once):
    def some(count):
        rpc = RpcCaller(channel, Context.fresh("bench"), timeout_s=20)
        for number in range(count):
            assert rpc.call(ECHO, {"request_id": "r", "word": "hello", "number": number})["number"] == number

    started = time.perf_counter()
    for thread in [eventlet.spawn(some, calls // at_once) for _ in range(at_once)]:
        thread.wait()
    return time.perf_counter() - started


def main(role):
    answers = answers_apart()
    use_fast_json()
    channel = ReplyChannel(os.environ["MALL_AMQP_URL"])
    if role == "callee":
        serve()
    else:
        channel.open()
        channel.wait_until_connected()
    print("ready", flush=True, file=answers)
    while role == "callee":  # reading stdin would stop the whole process between lines
        eventlet.sleep(60)
    for line in questions():
        calls, at_once = map(int, line.split())
        print(burst(channel, calls, at_once), flush=True, file=answers)


if __name__ == "__main__":
    main(sys.argv[1])
