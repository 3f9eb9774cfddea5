"""Somebody decides on what somebody asked for: once, and nobody approves what they asked for themselves."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.persons import is_same_person
from services.chassis.refusal import Refused
from services.points import contract
from services.points.storage.adjustments import ADJUSTMENTS
from services.points.storage.rule_changes import RULE_CHANGES
from services.points.storage.two_persons import Asked

NEWEST = 2**63 - 1


@dataclass(frozen=True)
class Subject:
    """Where it is kept, and the codes of its refusals."""

    asked: Asked
    unknown: str
    decided_before: str
    of_oneself: str


ADJUSTMENT = Subject(
    ADJUSTMENTS, contract.ADJUSTMENT_UNKNOWN, contract.ADJUSTMENT_DECIDED_BEFORE, contract.ADJUSTMENT_OF_ONESELF
)
RULE_CHANGE = Subject(
    RULE_CHANGES, contract.RULE_CHANGE_UNKNOWN, contract.RULE_CHANGE_DECIDED_BEFORE, contract.RULE_CHANGE_OF_ONESELF
)


def find_asked(work: Work, subject: Subject, asked_id: str) -> sa.Row[Any]:
    found = subject.asked.find(work, asked_id)
    if found is None:
        raise Refused(subject.unknown, f"there is no {asked_id}")
    return found


def find_undecided(work: Work, subject: Subject, asked_id: str) -> sa.Row[Any]:
    """Of what is locked."""
    found = find_asked(work, subject, asked_id)
    if found.state != subject.asked.states.initial:
        decided = {"state": found.state, "decided_by": found.decided_by}
        raise Refused(subject.decided_before, "it was decided on before", **decided)
    return found


def insist_on_second_person(work: Work, subject: Subject, found: sa.Row[Any]) -> None:
    if is_same_person(found.requested_by, work.context.actor):
        raise Refused(subject.of_oneself, "somebody else has to approve it")


def page_of(work: Work, subject: Subject, request: dict[str, Any]) -> tuple[list[dict[str, Any]], int | None]:
    """Newest first; and ``before`` of the page after it, None: it is the last one."""
    limit = request["limit"]
    found = subject.asked.page(work, request["state"], request["before"] or NEWEST, limit + 1)
    page = found[:limit]
    return page, page[-1]["no"] if len(found) > limit else None
