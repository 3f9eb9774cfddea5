"""python -m deploy.sandbox.carrier"""

from deploy.sandbox import settings
from deploy.sandbox.carrier.api import CarrierApi
from deploy.sandbox.carrier.callbacks import Callbacks
from deploy.sandbox.carrier.control import CarrierControl
from deploy.sandbox.carrier.waybills import WAYBILLS_SCHEMA, Waybills
from deploy.sandbox.control_http import new_app, repeat, serve_until_terminated
from deploy.sandbox.outbox import OUTBOX_SCHEMA
from deploy.sandbox.store import Store
from deploy.sandbox.switches import SWITCHES_SCHEMA, Switches

NORMAL = {"hold": False, "slow_s": 0, "fail_rate": 0}
LOOK_EVERY_S = 0.02


def main() -> None:
    store = Store(settings.sandbox_dir() / "carrier.sqlite", WAYBILLS_SCHEMA, OUTBOX_SCHEMA, SWITCHES_SCHEMA)
    secret, base_url = settings.carrier_webhook_secret(), settings.required("MALL_CARRIER_URL").rstrip("/")
    waybills, switches = Waybills(store, settings.pace_s()), Switches(store, NORMAL)
    callbacks = Callbacks(store, waybills, switches, secret)
    app = new_app("carrier")
    CarrierApi(waybills, switches, secret, base_url).register(app)
    CarrierControl(waybills, callbacks, switches).register(app)
    repeat(callbacks.move_parcels, LOOK_EVERY_S)
    repeat(callbacks.dispatch, LOOK_EVERY_S)
    serve_until_terminated(app, settings.address("MALL_CARRIER_URL"))


if __name__ == "__main__":
    main()
