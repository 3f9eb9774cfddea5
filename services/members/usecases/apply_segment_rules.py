"""Who is in a segment by rule: a rule is decided by operators and applied by a job."""

from typing import Any

from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.members import contract
from services.members.domain.segments import SegmentRule
from services.members.storage import segments
from services.members.usecases.put_in_segment import known_segment

AT_ONCE = 5_000  # members in one transaction


def set_segment_rule(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``segment``, ``tiers``, ``joined_from``, ``joined_before``, ``effective_from`` (None: now), ``reason``. A rule
    that says nothing lifts the one before."""
    rule = SegmentRule(request["tiers"], request["joined_from"], request["joined_before"])
    rule.check()
    known_segment(work, request["segment"])
    begins = request["effective_from"] or work.now
    if begins < work.now:
        raise Refused(contract.SEGMENT_BACKDATED, "a rule cannot take effect in the past")
    if not segments.write_rule(work, request["segment"], rule, begins, request["reason"]):
        raise Refused(contract.SEGMENT_RULE_INVALID, "this instant has a rule already")
    return {**request, "effective_from": begins, "lifted": rule.lifts}


def apply_segment_rules(works: Works) -> int:
    """How many members came in or fell out, of all segments; each segment by itself, some thousands at once."""
    with works.begin() as work:
        found = segments.segments_with_rules(work)
    moved = 0
    for segment in found:
        while changed := works.run(_apply, {"segment": segment}):
            moved += changed
    return moved


def _apply(work: Work, request: dict[str, Any]) -> int:
    known_segment(work, request["segment"])
    in_force = segments.rule_in_force(work, request["segment"])
    if in_force is None:
        return 0
    rule, because = in_force
    return segments.apply_rule(work, request["segment"], rule, because, AT_ONCE)
