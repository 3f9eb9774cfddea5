"""python -m deploy.sandbox.alipay"""

from deploy.sandbox import settings
from deploy.sandbox.alipay.bill import BillDesk, entries_of_alipay
from deploy.sandbox.alipay.cashier import Cashier
from deploy.sandbox.alipay.control import AlipayControl
from deploy.sandbox.alipay.gateway import Gateway
from deploy.sandbox.alipay.notices import NOTICES_SCHEMA, Notices
from deploy.sandbox.alipay.refunds import REFUNDS_SCHEMA, Refunds
from deploy.sandbox.alipay.signing import Signer, Verifier
from deploy.sandbox.alipay.trades import TRADES_SCHEMA, Trades
from deploy.sandbox.control_http import new_app, repeat, serve_until_terminated
from deploy.sandbox.outbox import OUTBOX_SCHEMA
from deploy.sandbox.store import Store
from deploy.sandbox.switches import SWITCHES_SCHEMA, Switches
from deploy.sandbox.till.bills import BILLS_SCHEMA, Bills

ANSWERING = ("ok", "hang", "error")
NO_FAULTS = {"query": ANSWERING, "close": ANSWERING, "refund": ANSWERING, "notify": ("on", "off")}
SCHEMAS = (TRADES_SCHEMA, REFUNDS_SCHEMA, NOTICES_SCHEMA, OUTBOX_SCHEMA, SWITCHES_SCHEMA, BILLS_SCHEMA)
LOOK_EVERY_S = 0.02


def main() -> None:
    store = Store(settings.sandbox_dir() / "alipay.sqlite", *SCHEMAS)
    signer = Signer(settings.key_pem("alipay_provider_private.pem"))
    verifier = Verifier(settings.key_pem("alipay_app_public.pem"))
    trades, faults = Trades(store), Switches(store, NO_FAULTS)
    refunds, notices = Refunds(store, trades), Notices(store, signer, faults)
    cashier = Cashier(store, trades, notices, signer)
    bills = Bills(store, entries_of_alipay(store))
    bill_desk = BillDesk(bills, settings.required("MALL_ALIPAY_URL").rstrip("/"))
    app = new_app("alipay")
    Gateway(store, trades, refunds, notices, signer, verifier, faults, bill_desk).register(app)
    bill_desk.register(app)
    bills.register(app)
    cashier.register(app)
    AlipayControl(trades, refunds, notices, faults).register(app)
    repeat(cashier.close_expired, LOOK_EVERY_S)
    repeat(notices.dispatch, LOOK_EVERY_S)
    serve_until_terminated(app, settings.address("MALL_ALIPAY_URL"))


if __name__ == "__main__":
    main()
