"""Every route of the API, by subject."""

from gateway.routes import (
    callbacks,
    exchanges,
    finance,
    goods,
    health,
    me,
    messages,
    ops_accounts,
    ops_adjustments,
    ops_bill_runs,
    ops_limits,
    orders,
    payments,
    points,
    proofs,
    sign_in,
)

ALL_BLUEPRINTS = (
    sign_in.blueprint,
    me.blueprint,
    points.blueprint,
    exchanges.blueprint,
    proofs.blueprint,
    goods.blueprint,
    orders.blueprint,
    payments.blueprint,
    messages.blueprint,
    callbacks.blueprint,
    ops_bill_runs.blueprint,
    ops_adjustments.blueprint,
    ops_accounts.blueprint,
    ops_limits.blueprint,
    finance.blueprint,
    health.blueprint,
)
