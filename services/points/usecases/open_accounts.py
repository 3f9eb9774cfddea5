"""Accounts for new members, and the points that joining earns."""

from collections.abc import Sequence

import structlog

from services.chassis.clock import local_date
from services.chassis.data.work import ReceivedEvent, Work
from services.points import contract
from services.points.domain.buckets import Share, wire_date
from services.points.domain.chart import GENERAL_POOL, POINTS, issue_account
from services.points.domain.expiry import expires_on
from services.points.storage import holders, rules
from services.points.storage.entries import Leg, write_legs
from services.points.storage.grants import WalletChange, change_wallets
from services.points.storage.holders import OpenedAccount
from services.points.storage.journals import Deed, next_journal_id, write_journal

log = structlog.get_logger(__name__)

SIGN_UP = "sign_up"
IMPORTED = "import"


def open_accounts(work: Work, event: ReceivedEvent) -> None:
    """Up to a batch of members; who has an account keeps it. The bonus goes with the opening, so it is given once."""
    cards = {card["member_id"]: card for card in event.data["members"]}
    members = sorted(cards.values(), key=lambda card: card["member_id"])
    taken = holders.numbers_of_others(work, members)
    if taken:
        log.error("subscriber_number_taken", numbers=sorted(taken))  # the account opens, bills find the first owner
    holders.register_holders(
        work, [card | {"subscriber_no": None} if card["subscriber_no"] in taken else card for card in members]
    )
    opened = holders.open_wallets(work, list(cards))
    joined = [one for one in opened if not one.frozen and cards[one.member_id]["channel"] != IMPORTED]
    _welcome(work, event, joined)


def _welcome(work: Work, event: ReceivedEvent, joined: Sequence[OpenedAccount]) -> None:
    today = local_date(work.now)
    points = rules.sign_up_bonus(work, today)
    if not joined or not points:
        return
    last_day = expires_on(rules.expiry_policy(work, SIGN_UP, GENERAL_POOL, today), today)
    bonus = Share(GENERAL_POOL, last_day, points)
    change_wallets(work, [WalletChange(one.id, came=[bonus], earned=points) for one in joined], today)
    journal_id = next_journal_id(work)
    issued = Leg(POINTS, -points * len(joined), owner=issue_account(SIGN_UP))
    bonuses = [Leg(POINTS, points, one.id, pool=GENERAL_POOL, expires_on=last_day) for one in joined]
    write_legs(work, journal_id, [issued, *bonuses])
    deed = Deed.of_fact("accounts_opened", event.id)
    result = {"members": len(joined), "points": points}
    write_journal(work, journal_id, deed, "accrual", result, source=SIGN_UP, ref=event.type)
    _announce(work, event, joined, bonus, journal_id)


def _announce(work: Work, event: ReceivedEvent, joined: Sequence[OpenedAccount], bonus: Share, journal_id: int) -> None:
    posting = {"points": bonus.points, "available": bonus.points, "expires_on": wire_date(bonus.expires_on)}
    data = {
        "unit": POINTS,
        "source": SIGN_UP,
        "reference": event.type,
        "effective_on": local_date(work.now).isoformat(),
        "postings": [{"member_id": one.member_id, **posting} for one in joined],
    }
    work.emit(contract.POINTS_ACCRUED, event.subject, data, journal_id)
