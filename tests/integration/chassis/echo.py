"""Two small services that use all of the chassis: what its own tests run."""

import time
from typing import ClassVar

import sqlalchemy as sa

from services.chassis.bus.providers import WorksProvider
from services.chassis.bus.rpc_server import command, query
from services.chassis.bus.subscribe import subscribe
from services.chassis.contract import Command, Event, Query
from services.chassis.health import Health
from services.chassis.jobs import drain, every
from services.chassis.refusal import Refused
from services.chassis.schemas import Record, Request, integer, text

metadata = sa.MetaData()
note = sa.Table(
    "note",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("at", sa.TIMESTAMP(timezone=True), server_default=sa.func.clock_timestamp()),
)


class Say(Request):
    request_id = text(80)
    word = text(200)
    pause_ms = integer(0, 60_000, load_default=0)


class Said(Record):
    word = text(200)
    times = integer()


class WordData(Record):
    word = text(200)


SAY = Command("echo", "say", Say, Said, refuses=("echo.rude",))
RELAY_SAY = Command("front", "relay_say", Say, Said, timeout_s=4)
SHOUT = Query("echo", "shout", Say, Said)
BREAK = Query("echo", "break_it", Say, Said)
MISSING = Query("nobody", "anything", Say, Said, timeout_s=0.6)
WORD_SAID = Event("echo", "word.said.v1", WordData)


def write(work, what):
    work.execute(note.insert().values(what=what))


def say_once(work, request):
    if request["word"] == "rude":
        raise Refused("echo.rude", "not here", word="rude")
    write(work, f"said:{request['word']}")
    work.emit(WORD_SAID, subject=request["word"], data={"word": request["word"]}, sequence=1)
    times = work.execute(sa.select(sa.func.count()).where(note.c.what == f"said:{request['word']}")).scalar_one()
    return {"word": request["word"], "times": times}


class EchoService:
    name = "echo"
    works = WorksProvider()
    health = Health()

    @command(SAY)
    def say(self, request):
        time.sleep(request["pause_ms"] / 1000)
        return self.works.once(SAY, say_once, request)

    @query(SHOUT)
    def shout(self, request):
        time.sleep(request["pause_ms"] / 1000)
        return {"word": request["word"].upper(), "times": 0}

    @query(BREAK)
    def break_it(self, request):
        raise SystemExit("a worker must not take the process down")


class HeardService:
    name = "heard"
    works = WorksProvider()
    health = Health()
    failures: ClassVar[dict[str, int]] = {}

    @subscribe(WORD_SAID)
    def on_word_said(self, event):
        word = event.data["word"]
        if word.startswith("poison"):
            raise ValueError("cannot ever be handled")
        if word.startswith("flaky") and self.failures.setdefault(word, 2) > 0:
            self.failures[word] -= 1
            raise ConnectionError("not now")
        self.works.apply(event, lambda work, heard: write(work, f"heard:{heard.data['word']}"))

    @every(seconds=0.2)
    def tick(self):
        self.works.run(lambda work, _: write(work, "tick"), {})

    @drain(idle_s=0.1)
    def look(self):
        self.works.run(lambda work, _: write(work, "looked"), {})


class FrontService:
    name = "front"
    works = WorksProvider()

    @command(RELAY_SAY)
    def relay_say(self, request):
        return self.works.rpc.call(SAY, request)
