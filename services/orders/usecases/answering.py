"""One answer for one request id, for use cases that cannot do their work in one transaction."""

from collections.abc import Callable

from services.chassis.data.answers import Question
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Reply


def answer_once(works: Works, question: Question, find_reply: Callable[[Work], Reply]) -> Reply:
    """The answer given before, else the one that ``find_reply`` makes, remembered in the same transaction."""

    def answer(work: Work, _: dict) -> Reply:
        earlier = question.answer_in(work.connection)
        if earlier is not None:
            return earlier
        reply = find_reply(work)
        question.record(work.connection, reply)
        return reply

    return works.run(answer, {})


def answer_before(works: Works, question: Question) -> Reply | None:
    return works.run(lambda work, _: question.answer_in(work.connection), {})
