"""What claw-backs of a bill run forgave, and what a corrected file says was due after all."""

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.storage.bill_dues import CHARGED_AGAIN, OF_RUN, STILL_FORGIVEN, Chunk, Terms

_ANY_FORGIVEN = sa.text("""
    SELECT EXISTS (SELECT FROM claw_back WHERE account_id BETWEEN :first_account AND :last_account AND forgiven > 0
                                               AND journal_id >= :first_journal)
""")
# The latest forgiveness is withdrawn first. A frozen account that would gain stays as it is.
_WITHDRAW = sa.text(f"""
    WITH {CHARGED_AGAIN}, raised AS (
        SELECT charged.account_id, charged.said - (charged.booked - charged.forgiven) AS points
        FROM charged JOIN account ON account.id = charged.account_id
        WHERE charged.forgiven > 0 AND charged.said > charged.booked - charged.forgiven
              AND (account.status = 'open' OR charged.said <= charged.booked)
    ), forgiveness AS (
        SELECT claw_back.account_id, claw_back.journal_id, raised.points AS wanted, {STILL_FORGIVEN} AS points
        FROM raised JOIN claw_back ON claw_back.account_id = raised.account_id AND claw_back.forgiven > 0
        JOIN journal ON journal.id = claw_back.journal_id AND {OF_RUN}
    ), withdrawn AS (
        SELECT account_id, journal_id, CAST(least(points, wanted + points - sum(points) OVER (
                   PARTITION BY account_id ORDER BY journal_id DESC)) AS bigint) AS points
        FROM forgiveness
    )
    INSERT INTO bill_due_after_all (run_no, journal_id, account_id, points)
    SELECT :run_no, journal_id, account_id, points FROM withdrawn WHERE points > 0
""")  # noqa: S608 — the inserted text is constants


def withdraw_forgiveness(work: Work, terms: Terms, chunk: Chunk) -> None:
    """Of the locked wallets of which the run says more than is booked and not forgiven; before they gain anything."""
    limits = terms.limits(chunk)
    if work.execute(_ANY_FORGIVEN, limits).scalar_one():
        work.execute(_WITHDRAW, limits)
