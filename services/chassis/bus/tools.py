"""RPC for programs that are no service (seeds, operations, benchmarks): ``with open_rpc(url) as rpc``."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.chassis.bus.reply_channel import ReplyChannel
from services.chassis.bus.rpc_client import RpcCaller
from services.chassis.context import Context


@contextmanager
def open_rpc(amqp_url: str, actor: str, timeout_s: float = 30.0) -> Iterator[RpcCaller]:
    """The program must have imported ``services.chassis.green`` first; ``actor`` is who asks, for the audit."""
    channel = ReplyChannel(amqp_url)
    channel.open()
    try:
        channel.wait_until_connected()
        yield RpcCaller(channel, Context.fresh(actor), timeout_s)
    finally:
        channel.stop()
