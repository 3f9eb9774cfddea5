"""What is said to the broker's own node, in plain Erlang: rabbitmqctl takes three times as long to start."""

import json
import os
import subprocess
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.faults.parts import Parts

AT_MOST_S = 300
ASK = "halt(case rpc:call('{node}', {function}, [{arguments}]) of {lawful} -> 0; _ -> 1 end)."
AT_THE_LIMIT = json.dumps({"max-length": 0, "overflow": "reject-publish"})
GONE = "Done when Done =:= ok; element(1, Done) =:= error_string"
WHO = "faults"


def set_watermark(parts: Parts, share: float) -> None:
    """Of the machine's memory: who uses more of it may not publish."""
    _tell(parts, "vm_memory_monitor, set_vm_memory_high_watermark", f"{share:.9f}", "ok")


def fill_queues(parts: Parts, name: str, pattern: str) -> None:
    """``name`` is the policy's, ``pattern`` that of the queues which take nothing more."""
    words = _texts(_virtual_host(), name, pattern, AT_THE_LIMIT)
    _tell(parts, "rabbit_policy, parse_set", f"{words}, 0, {_texts('queues', WHO)}", "ok")


def empty_queues(parts: Parts, name: str) -> None:
    """Also if it was done before, and nobody heard of it."""
    _tell(parts, "rabbit_policy, delete", _texts(_virtual_host(), name, WHO), GONE)


def _texts(*words: str) -> str:
    return ", ".join(f"<<{json.dumps(word)}>>" for word in words)


def _virtual_host() -> str:
    return urlsplit(os.environ["MALL_AMQP_URL"]).path[1:]


def _tell(parts: Parts, function: str, arguments: str, lawful: str) -> None:
    """With the environment of the very node: its cookie, its port mapper. Again if somebody kills it meanwhile."""
    while True:
        parts.wait_for("rabbitmq")
        record = parts.records()["rabbitmq"]
        with suppress(OSError):  # it is gone again
            raw = Path(f"/proc/{record.pid}/environ").read_bytes().decode().split("\0")
            environment = dict(pair.split("=", 1) for pair in raw if "=" in pair)
            node = environment["RABBITMQ_NODENAME"]
            asked = ASK.format(node=node, function=function, arguments=arguments, lawful=lawful)
            me = f"{WHO}{uuid.uuid4().hex}@{node.rpartition('@')[2]}"
            command = ["erl", "-noshell", "-noinput", "-hidden", "-sname", me, "-eval", asked]
            how: dict[str, Any] = {"env": environment, "capture_output": True, "text": True, "timeout": AT_MOST_S}
            done = subprocess.run(command, check=False, **how)
            if done.returncode == 0:
                return
            if record.alive:
                raise RuntimeError(f"{asked}: {done.stdout}{done.stderr}")
