"""The life of a listing, and when it is good enough."""

from collections.abc import Iterable

from services.catalog.contract import LISTING_NOT_GOOD_ENOUGH
from services.chassis.refusal import Refused
from services.chassis.transitions import Transitions

DRAFT, SUBMITTED, LISTED, REJECTED = "draft", "submitted", "listed", "rejected"
FEWEST_MERITS = 2

LISTING = Transitions(
    name="listing",
    initial=DRAFT,
    table={
        DRAFT: {"draft_anew": DRAFT, "submit": SUBMITTED},
        SUBMITTED: {"approve": LISTED, "reject": REJECTED},
        REJECTED: {"draft_anew": DRAFT},
        LISTED: {},
    },
)


def check_merits(merits: Iterable[str]) -> list[str]:
    """Sorted; refuses fewer than two different ones."""
    found = sorted(set(merits))
    if len(found) < FEWEST_MERITS:
        raise Refused(LISTING_NOT_GOOD_ENOUGH, "a listing has at least two merits", merits=found, least=FEWEST_MERITS)
    return found
