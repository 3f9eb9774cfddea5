"""What an order gives back repays what the member owes: a debt cannot be spent around."""

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.points.domain.buckets import draw_up_to, spendable, total
from services.points.storage import buckets
from services.points.storage.debts import debt_legs
from services.points.storage.entries import legs_of, write_legs
from services.points.storage.journals import Deed, next_journal_id, write_journal
from services.points.storage.locks import Wallet
from services.points.storage.wallets import Balance, change_wallet


def collect_debt(work: Work, wallet: Wallet, cause: Deed, order_id: str, balance: Balance) -> Balance:
    """After ``cause`` freed points of a locked wallet; the balance then. It finishes an earlier claw-back."""
    if not wallet.owed:
        return balance
    today = local_date(work.now)
    drawn = draw_up_to(spendable(buckets.free_points(work, wallet.id), today), wallet.owed)
    if not drawn:
        return balance
    repaid = total(drawn)
    buckets.take_free(work, wallet.id, drawn)
    after = change_wallet(work, wallet.id, today, posted=-repaid, owed=-repaid)
    journal_id = next_journal_id(work)
    write_legs(work, journal_id, [*legs_of(wallet, drawn, -1), *debt_legs(work, wallet, repaid)])
    deed = Deed.of_fact("debt_collected", cause.idem)
    write_journal(work, journal_id, deed, "clawback", {"repaid": repaid}, ref=order_id)
    return after
