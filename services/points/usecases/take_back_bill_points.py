"""What a corrected file no longer says is clawed back, some wallets a transaction."""

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.points.storage import rules
from services.points.storage.bill_decreases import Excess, earnings_of_run, next_excesses, settle_decreases
from services.points.storage.bill_dues import Chunk, Terms
from services.points.storage.debts import find_earning
from services.points.storage.journals import Deed
from services.points.storage.locks import Wallet, WalletKey, lock_wallets_of
from services.points.usecases.claw_back_points import Grounds, claw_back_points

REASON = "bill_corrected"


def take_back_points(work: Work, terms: Terms, chunk: Chunk) -> None:
    """From the next wallets of a claimed chunk; after the last one the chunk is done."""
    most = rules.setting(work, "bill_claw_backs_at_once", local_date(work.now))
    excesses = next_excesses(work, terms, chunk, most)
    wallets = lock_wallets_of(work, [WalletKey(excess.member_id) for excess in excesses])
    taken = sum(_take_back(work, terms, wallets[WalletKey(excess.member_id)], excess) for excess in excesses)
    after = excesses[-1].account_id if len(excesses) == most else None
    settle_decreases(work, terms.run.no, chunk, after, taken)


def _take_back(work: Work, terms: Terms, wallet: Wallet, excess: Excess) -> int:
    """The latest earnings first. What somebody has clawed back by hand, of them or of all the member earned, is not
    taken twice."""
    missing, taken = min(excess.points, wallet.lifetime), 0
    for journal_id in earnings_of_run(work, terms, wallet.id):
        earning = find_earning(work, wallet, journal_id)
        points = min(missing, earning.left) if earning else 0
        if points:
            run = terms.run
            grounds = Grounds("bill", terms.rule.decreases, REASON, earning, ref=run.run_id, rule=run.rule)
            deed = Deed.of_fact("bill_correction", f"{run.no}:{journal_id}:{wallet.id}", points=points)
            done = claw_back_points(work, wallet, deed, points, grounds)
            missing, taken = missing - points, taken + done["drawn"] + done["owed"]
    return taken
