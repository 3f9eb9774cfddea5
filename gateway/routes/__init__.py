"""Every route of the API, by subject."""

from gateway.routes import callbacks, goods, health, me, messages, orders, payments, points, sign_in

ALL_BLUEPRINTS = (
    sign_in.blueprint,
    me.blueprint,
    points.blueprint,
    goods.blueprint,
    orders.blueprint,
    payments.blueprint,
    messages.blueprint,
    callbacks.blueprint,
    health.blueprint,
)
