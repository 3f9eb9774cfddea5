"""Rules that are written once and asked of the whole ledger, or of what a range of journals has touched.

A rule names the rows it looks at in braces; what is put there is the table itself, or those rows of it that were
touched. A rule without braces looks at everything, always.
"""

from collections.abc import Mapping

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
    "{legs}": ("entry", "SELECT * FROM entry WHERE journal_id BETWEEN :first AND :last"),
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
