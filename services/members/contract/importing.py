"""Subscribers that the operator brings along."""

from services.chassis.contract import Command
from services.chassis.schemas import Record, Request, choice, instant, integer, listed, text
from services.members.contract.vocabulary import LANGUAGES, LARGEST_BATCH, PHONE_NOT_ACCEPTED, SERVICE


class Subscriber(Request):
    subscriber_no = text(40)
    phone = text(20)
    name = text(80, allow_none=True)
    email = text(254, allow_none=True)
    language = choice(*LANGUAGES, load_default="zh")
    joined_at = instant()


class ImportSubscribers(Request):
    request_id = text(80)
    subscribers = listed(Subscriber, shortest=1, longest=LARGEST_BATCH)


class SubscribersImported(Record):
    """``known`` were there before and are left as they are."""

    imported = integer()
    known = integer()


IMPORT_SUBSCRIBERS = Command(
    SERVICE, "import_subscribers", ImportSubscribers, SubscribersImported, refuses=(PHONE_NOT_ACCEPTED,), timeout_s=20
)
