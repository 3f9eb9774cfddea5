"""Which notice of expiring points is due."""

from collections.abc import Collection


def notice_due(days_left: int, given: Collection[int], begun: Collection[int]) -> int | None:
    """The ``days_before`` of the notice for points that can be spent ``days_left`` more days (0: the last is today).

    ``given`` are the notices that ops have switched on, ``begun`` those that this day has had, finished or not. A
    notice whose own day was missed is given until the next one is due, and the last one up to the last day itself:
    later it would only repeat, or come to nothing. Once a nearer one has begun (a clock went back), none is due.
    """
    due = min((days_before for days_before in given if days_before >= days_left), default=None)
    if due is None or any(days_before < due for days_before in begun):
        return None
    return due
