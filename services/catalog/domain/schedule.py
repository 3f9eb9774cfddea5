"""When goods are on sale: windows of time that do not overlap. What is over stays as it was."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.catalog.contract import GOODS_NOT_ON_SALE, SCHEDULE_OVERLAPS
from services.chassis.refusal import Refused
from services.chassis.schemas import to_wire


@dataclass(frozen=True)
class Window:
    """From ``begins_at`` until just before ``ends_at`` (None: without end). ``id`` None: not stored yet."""

    begins_at: datetime
    ends_at: datetime | None
    id: int | None = None

    def is_over(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= now

    def overlaps(self, other: "Window") -> bool:
        begins_before_the_other_ends = other.ends_at is None or self.begins_at < other.ends_at
        return begins_before_the_other_ends and (self.ends_at is None or other.begins_at < self.ends_at)


@dataclass(frozen=True)
class Plan:
    """``cut``: new ends by window id; ``opened``: windows that are new."""

    cut: Mapping[int, datetime]
    opened: Sequence[Window] = ()


def window_more(windows: Iterable[Window], wanted: Window) -> Plan:
    """One more window; refused if goods would be on sale twice at once."""
    if overlapping := [window for window in windows if window.overlaps(wanted)]:
        named = [{"begins_at": to_wire(w.begins_at), "ends_at": w.ends_at and to_wire(w.ends_at)} for w in overlapping]
        raise Refused(SCHEDULE_OVERLAPS, "on sale then already", windows=named)
    return Plan({}, [wanted])


def off_sale(windows: Iterable[Window], at: datetime) -> Plan:
    """Nothing is on sale from ``at`` on; refused if nothing would have been."""
    cut = _cut(windows, at)
    if not cut:
        raise Refused(GOODS_NOT_ON_SALE, "not on sale then")
    return Plan(cut)


def replan(windows: Sequence[Window], begins: datetime | None, ends: datetime | None, now: datetime) -> Plan:
    """From now on the one window that an import names. If it names none, goods that were never on sale are from now
    on, all others stay as they were planned."""
    live = [window for window in windows if not window.is_over(now)]
    if begins is None and ends is None:
        return Plan({}, [] if windows else [Window(now, None)])
    wanted = Window(_begin(windows, live, begins, now), ends)
    if [(window.begins_at, window.ends_at) for window in live] == [(wanted.begins_at, wanted.ends_at)]:
        return Plan({})
    is_empty = ends is not None and ends <= wanted.begins_at
    return Plan(_cut(live, min(wanted.begins_at, now)), [] if is_empty else [wanted])


def _begin(windows: Sequence[Window], live: Sequence[Window], begins: datetime | None, now: datetime) -> datetime:
    """As it is said, but never before the end of what is over."""
    current = [window.begins_at for window in live if window.begins_at <= now]
    said = begins or min(current, default=now)
    return max([said, *(window.ends_at for window in windows if window.ends_at is not None and window.is_over(now))])


def _cut(windows: Iterable[Window], at: datetime) -> dict[int, datetime]:
    """Whatever would go on after ``at`` ends there; what would begin later never does."""
    return {
        window.id: max(window.begins_at, at)
        for window in windows
        if window.id is not None and not window.is_over(max(window.begins_at, at))
    }
