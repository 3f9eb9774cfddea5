"""Who may do what in the points database. Every table has a line here; what has none may be touched by its owner only.

What was booked, and every rule, stays as it was written: the service adds to it, and could not change it if it wanted.
"""

from services.chassis.data.roles import Roles

ADD = "SELECT, INSERT"
LOOK = "SELECT"
KEEP = "SELECT, INSERT, UPDATE"

LEDGER = {
    "holder": f"{ADD}, UPDATE (subscriber_no, wallet_id, state, state_sequence, state_at)",
    "account": f"{ADD}, UPDATE (posted, held, owed, lifetime, version, status)",
    "bucket": f"{ADD}, UPDATE (remaining, held), DELETE",
    "journal": ADD,
    "entry": ADD,
    "entry_default": LOOK,  # the audit looks into it; all other partitions are reached through entry alone
    "hold": f"{ADD}, UPDATE (state, captured, refunded, reason, order_ended, expires_at, settled_at)",
    "hold_bucket": f"{ADD}, UPDATE (captured, refunded), DELETE",
    "claw_back": ADD,
    "top_up": ADD,
    "top_up_reversal": ADD,
    "gift": ADD,
    "account_freeze": ADD,
    "account_unfreeze": ADD,
    "adjustment": f"{ADD}, UPDATE (state, decided_by, decided_at, decided_because, journal_id)",
    "adjustment_line": ADD,
}
SEALS = {
    "seal": ADD,
    "record": LOOK,  # noted by triggers and by note_holds()
    "checkpoint": ADD,
    "proof_leaf": KEEP,
    "proof_node": KEEP,
    "proof_progress": KEEP,
    "audit_run": ADD,
}
RULES = {
    "ledger_setting": ADD,
    "bill_accrual_rule": ADD,
    "sign_up_bonus": ADD,
    "expiry_policy": ADD,
    "expiry_notice": ADD,
    "pool": ADD,
    "exchange_rate": ADD,
    "gift_limit": ADD,
    "rule_change": f"{ADD}, UPDATE (state, decided_by, decided_at, decided_because)",
}
LIABILITY = {
    "point_value": ADD,
    "point_consideration": ADD,
    "breakage_assumption": ADD,
    "liability_close": ADD,
    "liability_draft": KEEP,
}
RUNS = {
    "bill_run": KEEP,
    "bill_line": f"{ADD}, DELETE",  # kept for as long as ops have set
    "bill_reject": ADD,
    "bill_chunk": KEEP,
    "bill_due_after_all": ADD,
    "expiry_run": KEEP,
    "expiry_notice_run": KEEP,
}

ROLES = Roles(
    app="points_app",
    auditor="points_auditor",
    tables={**LEDGER, **SEALS, **RULES, **LIABILITY, **RUNS},
    sequences={"journal_id_seq": LOOK},  # ids are drawn by draw_journal_id(), under its lock
    functions=("draw_journal_id()", "prepare_entry_partitions(int)", "note_holds(bigint, bigint)"),
    trigger_functions=("note_rows()",),
)
