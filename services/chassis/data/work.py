"""One piece of work: a transaction with its clock, its context and the events it makes true."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa

from services.chassis.clock import Clock, SystemClock
from services.chassis.context import Context
from services.chassis.contract import Command, Event
from services.chassis.crash_points import crash_point
from services.chassis.data.answers import AnsweredMeanwhile, Question
from services.chassis.data.database import is_worth_retrying
from services.chassis.data.outbox import PendingEvent, put_into_outbox
from services.chassis.data.planned import Planned
from services.chassis.data.statements import Answer, execute
from services.chassis.open_transaction import open_transaction
from services.chassis.refusal import KEY_REUSED, Refused, accepted, value_of

ATTEMPTS = 3
Value = TypeVar("Value")
# Nobody waits for what takes minutes; but it ends with the process that asked for it, and with one that hangs.
_AT_LEISURE = sa.text("""
    SET LOCAL statement_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 300000;
    SET LOCAL client_connection_check_interval = 2000
""")
_ONE_MOMENT = sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
_RECEIVE = Planned(
    "receive", "INSERT INTO inbox (handler, event_id) VALUES (:handler, :event_id) ON CONFLICT DO NOTHING"
)


@dataclass
class Work:
    """What a use case works with. ``now`` is one instant for the whole piece of work."""

    connection: sa.Connection
    context: Context
    now: datetime
    _events: list[PendingEvent] = field(default_factory=list)

    def execute(self, statement: Any, parameters: Any = None) -> Answer:
        """Rows as SQLAlchemy gives them. A statement that is a constant costs little more than the driver itself, one
        that is planned (``services.chassis.data.planned``) the server less, too."""
        if isinstance(statement, Planned):
            return statement.run(self.connection, parameters or {})
        return execute(self.connection, statement, parameters)

    def leave(self, statement: Planned, parameters: Mapping[str, Any]) -> None:
        """Done at the latest with COMMIT, and without an answer: it travels with what is asked next."""
        statement.leave(self.connection, parameters)

    def at_leisure(self) -> None:
        """The rest of this transaction may take minutes. Locks that it takes are held as long: whoever needs them,
        waits or gives up."""
        self.execute(_AT_LEISURE)

    def emit(
        self, event: Event, subject: str, data: dict[str, Any], sequence: int = 0, event_id: str | None = None
    ) -> None:
        """Make ``event`` part of this transaction; it is published after the commit, in order per subject. With an
        ``event_id`` of its own it may be told again: whoever has heard it passes over it."""
        self._events.append(PendingEvent(event, subject, sequence, data, event_id))

    def flush_events(self) -> bool:
        if self._events:
            put_into_outbox(self.connection, [event.as_row(self.context, self.now) for event in self._events])
        return bool(self._events)


@dataclass(frozen=True)
class ReceivedEvent:
    """An event as a handler gets it: ``data`` is loaded by the contract (unknown fields dropped)."""

    id: str
    type: str
    subject: str
    sequence: int
    occurred_at: datetime
    data: dict[str, Any]
    handler: str


@dataclass
class Works:
    """Opens pieces of work for one request. ``rpc`` calls other services; ``after_commit`` says that there is
    something to do, and whether there is also something to publish."""

    engine: sa.Engine
    context: Context = field(default_factory=Context.fresh)
    clock: Clock = field(default_factory=SystemClock)
    rpc: Any = None
    settings: Any = None
    after_commit: Callable[[bool], None] = lambda _emitted: None

    @contextmanager
    def begin(self, errand: str = "") -> Iterator[Work]:
        """``errand``: what it is for, where that is more than who asked (a job, an event) says."""
        with open_transaction(), self.engine.begin() as connection:
            work = Work(connection, self.context, self.clock.now())
            yield work
            emitted = work.flush_events()
            crash_point("before_commit", errand or self.context.actor)
        crash_point("after_commit", errand or self.context.actor)
        if emitted:
            self.after_commit(True)

    @contextmanager
    def still(self) -> Iterator[Work]:
        """One moment, to look at for as long as it takes: what commits meanwhile is not seen, nothing is written."""
        with self.begin() as work:
            work.execute(_ONE_MOMENT)
            work.at_leisure()
            yield work

    def run(self, usecase: Callable[[Work, dict[str, Any]], Value], request: dict[str, Any]) -> Value:
        """One transaction. Safe to repeat by itself when the database drops out: use cases are idempotent."""
        return self._persistently(lambda: self._run(usecase, request))

    def once(self, command: Command, usecase: Callable[[Work, dict[str, Any]], Any], request: dict[str, Any]) -> Any:
        """One transaction whose answer, also a refusal, is remembered under the request id. A refusal that the use case
        gives back instead of raising it keeps what it wrote: a guess that must count."""
        question = Question.of(command.address, request)
        try:
            return self._persistently(lambda: self._once(question, command, usecase, request))
        except Refused as refusal:
            if refusal.code == KEY_REUSED:
                raise
            return self._persistently(partial(self._remember, question, refusal))

    def apply(self, event: ReceivedEvent, usecase: Callable[[Work, ReceivedEvent], None]) -> bool:
        """The effect of an event, exactly once: its inbox row commits with it. False if it was applied before."""
        return self._persistently(lambda: self._apply(event, usecase))

    def _run(self, usecase: Callable[[Work, dict[str, Any]], Value], request: dict[str, Any]) -> Value:
        with self.begin(_errand_of(usecase)) as work:
            return usecase(work, request)

    def _once(self, question: Question, command: Command, usecase: Callable, request: dict[str, Any]) -> Any:
        with self.begin(command.method) as work:
            earlier = question.answer_in(work.connection)
            if earlier is not None:
                return value_of(earlier)
            answer = usecase(work, request)
            reply = answer.as_reply() if isinstance(answer, Refused) else accepted(command.dump_reply(answer))
            question.record(work.connection, reply)
        return value_of(reply)

    def _remember(self, question: Question, refusal: Refused) -> Any:
        with self.begin() as work:
            earlier = question.answer_in(work.connection)
            if earlier is not None:
                return value_of(earlier)
            question.record(work.connection, refusal.as_reply())
        raise refusal

    def _apply(self, event: ReceivedEvent, usecase: Callable[[Work, ReceivedEvent], None]) -> bool:
        with self.begin() as work:
            if work.execute(_RECEIVE, {"handler": event.handler, "event_id": event.id}).rowcount == 0:
                return False
            usecase(work, event)
        self.after_commit(False)
        return True

    def _persistently(self, attempt: Callable[[], Value]) -> Value:
        for tries_left in reversed(range(ATTEMPTS)):
            try:
                return attempt()
            except AnsweredMeanwhile:
                continue
            except sa.exc.DBAPIError as problem:
                if not tries_left or not is_worth_retrying(problem):
                    raise
        raise AnsweredMeanwhile("kept losing the race for one request id")


def _errand_of(usecase: Callable) -> str:
    """What has no name of its own is done in the name of who asked."""
    name = getattr(usecase, "__name__", "")
    return "" if name == "<lambda>" else name
