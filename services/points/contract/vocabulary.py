"""Words that all messages of points share: units, sources, limits, and every code of a refusal."""

from typing import Any

from marshmallow import fields

from services.chassis.schemas import choice

SERVICE = "points"

POINTS, COINS = "PTS", "COIN"  # units: whole points, whole coins (商城币)
MONEY = "CNY"  # fen
SOURCES = ("bill", "sign_up", "check_in", "purchase", "referral", "review", "survey", "campaign", "adjustment")
LARGEST_POSTING = 1_000_000_000
LARGEST_BATCH = 1000
LARGEST_PAGE = 100
LARGEST_POOL = 32_767

INSUFFICIENT = "points.insufficient"
ACCOUNT_UNKNOWN = "points.account_unknown"
ACCOUNT_FROZEN = "points.account_frozen"
HOLD_UNKNOWN = "points.hold_unknown"
HOLD_NOT_OPEN = "points.hold_not_open"
HOLD_RELEASED_BEFORE = "points.hold_released_before"
CAPTURE_TOO_LARGE = "points.capture_too_large"
REFUND_TOO_LARGE = "points.refund_too_large"
CLAW_BACK_TOO_LARGE = "points.claw_back_too_large"
EARNING_UNKNOWN = "points.earning_unknown"
POOL_UNKNOWN = "points.pool_unknown"
EXCHANGE_CLOSED = "points.exchange_closed"
RATE_CHANGED = "points.rate_changed"
TOO_LITTLE_MONEY = "points.too_little_money"
PAYMENT_USED_BEFORE = "points.payment_used_before"
TOP_UP_UNKNOWN = "points.top_up_unknown"
TOP_UP_SPENT = "points.top_up_spent"
ADJUSTMENT_UNKNOWN = "adjustment.unknown"
ADJUSTMENT_LINES_WRONG = "adjustment.lines_wrong"
ADJUSTMENT_OF_ONESELF = "adjustment.of_oneself"
ADJUSTMENT_DECIDED_BEFORE = "adjustment.decided_before"
ADJUSTMENT_UNCOVERED = "adjustment.uncovered"
FREEZE_UNKNOWN = "points.freeze_unknown"
FREEZE_LIFTED_BEFORE = "points.freeze_lifted_before"
GIFT_TO_ONESELF = "points.gift_to_oneself"
GIFT_OUTSIDE_LIMITS = "points.gift_outside_limits"
BILL_RUN_UNKNOWN = "bill_run.unknown"
BILL_RUN_BUSY = "bill_run.busy"
BILL_RUN_CONTENT_DIFFERS = "bill_run.content_differs"
BILL_RUN_NOT_STAGED = "bill_run.not_staged"
BILL_RUN_KNOWN = "bill_run.known"
BILL_REVISION_OUT_OF_ORDER = "bill_run.revision_out_of_order"
BILL_FILE_UNKNOWN = "bill_run.file_unknown"
BILL_FILE_REFUSED = "bill_run.file_refused"
RULE_UNKNOWN = "rule.unknown"
RULE_FIELD_UNKNOWN = "rule.field_unknown"
RULE_FIELD_INVALID = "rule.field_invalid"
RULE_FIELD_MISSING = "rule.field_missing"
RULE_INVALID = "rule.invalid"
RULE_BACKDATED = "rule.backdated"
RULE_CONTRADICTED = "rule.contradicted"
RULE_UNCHANGED = "rule.unchanged"
RULE_CHANGE_UNKNOWN = "rule_change.unknown"
RULE_CHANGE_OF_ONESELF = "rule_change.of_oneself"
RULE_CHANGE_DECIDED_BEFORE = "rule_change.decided_before"
RULE_CHANGE_OVERTAKEN = "rule_change.overtaken"
PROOF_NOT_READY = "points.proof_not_ready"
CURSOR_INVALID = "cursor.invalid"
INSTANT_TO_COME = "points.instant_to_come"
LINE_UNKNOWN = "points.line_unknown"


def in_unit(**options: Any) -> fields.String:
    """The unit of a wallet or an amount; points, if not said."""
    return choice(POINTS, COINS, **({"load_default": POINTS} | options))
