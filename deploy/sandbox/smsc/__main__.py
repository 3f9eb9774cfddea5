"""python -m deploy.sandbox.smsc"""

from deploy.sandbox import settings
from deploy.sandbox.control_http import new_app, serve_until_terminated
from deploy.sandbox.smsc.control import SmscControl
from deploy.sandbox.smsc.exchange import Exchange
from deploy.sandbox.smsc.outgoing import OUTGOING_SCHEMA, Outgoing
from deploy.sandbox.smsc.phones import PHONES_SCHEMA, Phones
from deploy.sandbox.store import Store
from deploy.sandbox.switches import SWITCHES_SCHEMA, Switches

NO_FAULTS = {"throttle": 0, "fail_numbers": [], "no_receipt": False}


def main() -> None:
    store = Store(settings.sandbox_dir() / "smsc.sqlite", PHONES_SCHEMA, OUTGOING_SCHEMA, SWITCHES_SCHEMA)
    phones, outgoing, faults = Phones(store), Outgoing(store), Switches(store, NO_FAULTS)
    Exchange(store, phones, outgoing, faults, settings.pace_s()).start(settings.address("MALL_SMPP_URL"))
    app = new_app("smsc")
    SmscControl(phones, outgoing, faults).register(app)
    serve_until_terminated(app, settings.address("MALL_SMSC_CONTROL_URL"))


if __name__ == "__main__":
    main()
