"""python -m deploy.sandbox.alipay"""

from functools import partial

from deploy.sandbox import settings
from deploy.sandbox.alipay.bill import BillDesk
from deploy.sandbox.alipay.desk import Desk
from deploy.sandbox.alipay.gateway import Gateway
from deploy.sandbox.alipay.messages import address_back, is_accepted, paid_notice, sealed_with
from deploy.sandbox.alipay.signing import Signer, Verifier
from deploy.sandbox.control_http import new_app, repeat, serve_until_terminated
from deploy.sandbox.switches import Switches
from deploy.sandbox.till.bills import Bills, entries_of_till
from deploy.sandbox.till.books import books_of
from deploy.sandbox.till.cashier import Cashier
from deploy.sandbox.till.control import ANSWERING, Control
from deploy.sandbox.till.notices import Notices, Writing
from deploy.sandbox.till.trades import Trades

NO_FAULTS = {"query": ANSWERING, "close": ANSWERING, "refund": ANSWERING, "notify": ("on", "off")}
LOOK_EVERY_S = 0.02


def main() -> None:
    store = books_of("alipay")
    signer = Signer(settings.key_pem("alipay_provider_private.pem"))
    verifier = Verifier(settings.key_pem("alipay_app_public.pem"))
    trades, faults = Trades(store), Switches(store, NO_FAULTS)
    notices = Notices(store, faults, Writing("alipay", partial(sealed_with, signer), is_accepted))
    bills, desk = Bills(store, entries_of_till(trades)), Desk(store, trades, notices)
    bill_desk = BillDesk(bills, settings.required("MALL_ALIPAY_URL").rstrip("/"))
    app = new_app("alipay")
    Gateway(desk, bill_desk, signer, verifier, faults).register(app)
    bill_desk.register(app)
    bills.register(app)
    Cashier(store, trades, notices, paid_notice, address_of=partial(address_back, signer)).register(app)
    Control("支付宝沙箱 Alipay sandbox", trades, notices, faults, paid_notice).register(app)
    repeat(desk.close_expired, LOOK_EVERY_S)
    repeat(notices.dispatch, LOOK_EVERY_S)
    serve_until_terminated(app, settings.address("MALL_ALIPAY_URL"))


if __name__ == "__main__":
    main()
