"""What proves each table: its rows are sealed, noted when they are written, worked out again, or need no proof.

Whoever adds a table says here what it is, or a test fails.
"""

from dataclasses import dataclass

SEALED = ("journal", "entry", "entry_default", "record")
CHAINED = ("seal", "checkpoint")  # each row is hashed with the one before it
WORKED_OUT = ("bucket", "proof_leaf", "proof_node", "proof_progress")


@dataclass(frozen=True)
class Noted:
    """``key``: columns. ``left_out`` decide nothing, or are worked out again. ``once``: rows are written and stay."""

    key: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    once: bool = True


_RULE = Noted(("id",))
_OF_JOURNAL = Noted(("journal_id",))
NOTED = {
    "holder": Noted(("member_id",), once=False),
    "account": Noted(("id",), ("posted", "held", "owed", "lifetime", "version", "status")),
    # When a hold times out decides nothing: orders is asked what became of the order.
    "hold": Noted(("order_id", "unit"), ("expires_at", "order_ended"), once=False),
    "claw_back": Noted(("journal_id", "account_id")),
    "top_up": Noted(("payment_ref",)),
    "top_up_reversal": _OF_JOURNAL,
    "gift": _OF_JOURNAL,
    "account_freeze": Noted(("id",)),
    "account_unfreeze": Noted(("freeze_id",)),
    "adjustment": Noted(("id",), once=False),
    "adjustment_line": Noted(("adjustment_id", "line")),
    "audit_run": Noted(("id",)),
    "liability_close": Noted(("month",)),
    "bill_run": Noted(("no",), once=False),
    "bill_chunk": Noted(("run_no", "chunk"), once=False),
    "bill_due_after_all": Noted(("account_id", "journal_id", "run_no")),
    "expiry_run": Noted(("expires_on", "late"), once=False),
    "rule_change": Noted(("id",), once=False),
    "ledger_setting": _RULE,
    "bill_accrual_rule": _RULE,
    "sign_up_bonus": _RULE,
    "expiry_policy": _RULE,
    "expiry_notice": _RULE,
    "pool": _RULE,
    "exchange_rate": _RULE,
    "gift_limit": _RULE,
    "point_value": _RULE,
    "point_consideration": _RULE,
    "breakage_assumption": _RULE,
}
NOTED_WITH_ANOTHER = {"hold_bucket": "hold"}
NEEDS_NONE = {
    "bill_line": "staged from a file whose digest the run keeps; counted against run and chunks, purged when it is old",
    "bill_reject": "lines that earned nothing, for people to read; the run keeps their number",
    "liability_draft": "worked out anew every night; nothing is closed from it",
    "expiry_notice_run": "how far members have been told; it moves no points",
    "alembic_version": "which guards there are is compared with the release itself",
    "answer": "what was answered, for requests that move no points; the journal answers the others",
    "inbox": "an event that comes again finds its journal",
    "outbox": "events on their way out; what they say is in journals and records",
    "job": "which timer is due",
}
