"""Points that one member gives another: the same points, with the days they expire on."""

from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.gifts import broken_limit
from services.points.storage.entries import write_legs
from services.points.storage.gifts import gift_limit, given_by, note_gift
from services.points.storage.journals import Deed, next_journal_id, recall, write_journal
from services.points.storage.locks import Wallet, WalletKey, lock_wallets_of
from services.points.storage.pools import pools_in_force
from services.points.usecases.move_points import Given, Received, give, receive

Request = dict[str, Any]


def gift_points(work: Work, request: Request) -> dict[str, Any]:
    """The contract's Gifted. What a receiver owes is repaid first; a gift is not earned."""
    keys = [WalletKey(request["from_member"]), WalletKey(request["to_member"])]
    wallets = lock_wallets_of(work, keys)
    deed = Deed.of_request(contract.GIFT_POINTS, request)
    if answered := recall(work, deed):
        return answered
    if keys[0] == keys[1]:
        raise Refused(contract.GIFT_TO_ONESELF, "giver and receiver are the same member")
    for side, key in zip(("giver", "receiver"), keys, strict=True):
        if key not in wallets:
            raise Refused(contract.ACCOUNT_UNKNOWN, f"the {side} has no account", side=side)
        if wallets[key].frozen:
            raise Refused(contract.ACCOUNT_FROZEN, f"the {side}'s account is frozen", side=side)
    giver, receiver = (wallets[key] for key in keys)
    _check_limits(work, giver, request["points"])
    return _hand_over(work, giver, receiver, deed, request)


def _check_limits(work: Work, giver: Wallet, points: int) -> None:
    today = local_date(work.now)
    broken = broken_limit(gift_limit(work, today), given_by(work, giver.id, today), points)
    if broken:
        raise Refused(contract.GIFT_OUTSIDE_LIMITS, "a limit of gifts does not allow this", **vars(broken))


def _hand_over(work: Work, giver: Wallet, receiver: Wallet, deed: Deed, request: Request) -> dict[str, Any]:
    today, points, message = local_date(work.now), request["points"], request["message"]
    given = give(work, giver, points, {pool.no for pool in pools_in_force(work, today) if pool.giftable})
    received = receive(work, receiver, given.shares)
    journal_id = next_journal_id(work)
    write_legs(work, journal_id, [*given.legs, *received.legs])
    result = {"journal_id": journal_id, "points": points, "available": given.balance.available}
    write_journal(work, journal_id, deed, "gift", result, source="gift")
    note_gift(work, journal_id, giver.id, receiver.id, points, message, today)
    _announce(work, request, given, received)
    return result


def _announce(work: Work, request: Request, given: Given, received: Received) -> None:
    data = {
        **{name: request[name] for name in ("from_member", "to_member", "points", "message")},
        "repaid": received.repaid,
        "giver_available": given.balance.available,
        "receiver_available": received.balance.available,
    }
    work.emit(contract.POINTS_GIFTED, request["from_member"], data, given.balance.version)
