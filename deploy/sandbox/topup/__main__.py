"""python -m deploy.sandbox.topup"""

from deploy.sandbox import settings
from deploy.sandbox.control_http import new_app, repeat, serve_until_terminated
from deploy.sandbox.outbox import OUTBOX_SCHEMA
from deploy.sandbox.store import Store
from deploy.sandbox.switches import SWITCHES_SCHEMA, Switches
from deploy.sandbox.topup.api import TopupApi
from deploy.sandbox.topup.callbacks import Callbacks
from deploy.sandbox.topup.control import NO_FAULTS, TopupControl
from deploy.sandbox.topup.operations import OPERATIONS_SCHEMA, Operations

LOOK_EVERY_S = 0.02


def main() -> None:
    store = Store(settings.sandbox_dir() / "topup.sqlite", OPERATIONS_SCHEMA, OUTBOX_SCHEMA, SWITCHES_SCHEMA)
    secret, operations, faults = settings.topup_webhook_secret(), Operations(store), Switches(store, NO_FAULTS)
    callbacks = Callbacks(store, operations, faults, secret)
    app = new_app("topup")
    TopupApi(store, operations, callbacks, faults, secret, settings.pace_s()).register(app)
    TopupControl(operations, callbacks, faults).register(app)
    repeat(callbacks.decide_due, LOOK_EVERY_S)
    repeat(callbacks.dispatch, LOOK_EVERY_S)
    serve_until_terminated(app, settings.address("MALL_TOPUP_URL"))


if __name__ == "__main__":
    main()
