"""Rules that are written once and asked of the whole ledger, or of what a range of journals has touched.

A rule names the rows it looks at in braces; what is put there is the table itself, or those rows of it that were
touched. A rule without braces looks at everything: hourly, if that is little however large the ledger is, or at night.
"""

from collections.abc import Mapping

from services.points.storage.rule_invariants import RULE_INVARIANTS

# braces: (what is put there for everything, the rows that were touched)
_RELATIONS = {
    "{accounts}": ("account", "SELECT * FROM account WHERE id = ANY(CAST(:accounts AS bigint[]))"),
    "{buckets}": ("bucket", "SELECT * FROM bucket WHERE account_id = ANY(CAST(:accounts AS bigint[]))"),
    "{entries}": ("entry", "SELECT * FROM entry WHERE account_id = ANY(CAST(:accounts AS bigint[]))"),
    "{holds}": ("hold", "SELECT * FROM hold WHERE order_id = ANY(CAST(:orders AS text[]))"),
    "{open_holds}": (
        "hold",
        "SELECT * FROM hold WHERE state = 'open' AND account_id = ANY(CAST(:accounts AS bigint[]))",
    ),
    "{shares}": ("hold_bucket", "SELECT * FROM hold_bucket WHERE order_id = ANY(CAST(:orders AS text[]))"),
    "{of_orders}": ("journal", "SELECT * FROM journal WHERE ref = ANY(CAST(:orders AS text[]))"),
    "{journals}": ("journal", "SELECT * FROM journal WHERE id BETWEEN :first AND :last"),
    "{claw_backs}": ("claw_back", "SELECT * FROM claw_back WHERE journal_id BETWEEN :first AND :last"),
    "{gifts}": ("gift", "SELECT * FROM gift WHERE journal_id BETWEEN :first AND :last"),
    "{legs}": ("entry", "SELECT * FROM entry WHERE journal_id BETWEEN :first AND :last"),
}

HOURLY = (
    "no_hold_is_long_overdue",
    "journals_are_sealed_in_time",
    "no_entry_missed_its_partition",
    *RULE_INVARIANTS,
)
NIGHTLY = {
    "all_entries_sum_to_zero": "each journal that was touched is asked for it",
    "chunks_of_bill_runs_are_booked_as_counted": "looks into all chunks there ever were",
    "bill_runs_are_booked_as_counted": "adds up whole runs",
    "posted_bill_runs_account_for_every_line": "adds up whole runs",
    "nothing_is_clawed_back_twice": "adds up all claw-backs of an earning",
    "what_was_due_after_all_was_forgiven_before": "adds up all that was ever forgiven",
    "top_ups_are_booked_as_noted": "adds up all top-ups and reversals",
    "no_top_up_is_reversed_beyond_itself": "adds up all reversals",
    "adjustments_are_booked_as_requested": "adds up all adjustments",
    "adjustments_are_the_sums_of_their_lines": "adds up all adjustments",
    "other_accounts_are_derived": "the database refuses anything else, and verify compares the constraint",
    "expiry_is_booked_as_counted": "adds up whole days",
    "everything_sealed_is_there": "counts everything",
    "leaves_are_the_sums_of_their_entries": "leaves grow once a day",
    "checkpoints_are_the_sums_of_their_leaves": "leaves grow once a day",
}


def of_everything(rules: Mapping[str, str]) -> dict[str, str]:
    return {
        name: _filled(rule, {brace: table for brace, (table, _) in _RELATIONS.items()}) for name, rule in rules.items()
    }


def of_what_was_touched(rules: Mapping[str, str]) -> dict[str, str]:
    """Those that can be asked of a part: they want ``accounts``, ``orders``, ``first`` and ``last``."""
    touched = {brace: f"({rows}) AS {table}" for brace, (table, rows) in _RELATIONS.items()}
    return {name: filled for name, rule in rules.items() if (filled := _filled(rule, touched)) != rule}


def _filled(rule: str, relations: Mapping[str, str]) -> str:
    for brace, relation in relations.items():
        rule = rule.replace(brace, relation)
    return rule
