"""python -m deploy.sandbox.unionpay"""

from functools import partial

from deploy.sandbox import settings
from deploy.sandbox.control_http import new_app, repeat, serve_until_terminated
from deploy.sandbox.switches import Switches
from deploy.sandbox.till.bills import Bills, entries_of_till
from deploy.sandbox.till.books import books_of
from deploy.sandbox.till.cashier import Cashier
from deploy.sandbox.till.control import ANSWERING, Control
from deploy.sandbox.till.notices import Notices, Writing
from deploy.sandbox.till.trades import Trades
from deploy.sandbox.unionpay.gateway import Gateway
from deploy.sandbox.unionpay.messages import form_back, is_accepted, paid_notice, sealed_with
from deploy.sandbox.unionpay.signing import Seal

NO_FAULTS = {"query": ANSWERING, "refund": ANSWERING, "notify": ("on", "off")}
LOOK_EVERY_S = 0.02


def main() -> None:
    store = books_of("unionpay")
    key, certificate, merchant = (
        settings.key_pem(f"unionpay_{name}.pem")
        for name in ("gateway_private", "gateway_certificate", "merchant_certificate")
    )
    seal = Seal(key, certificate, merchant)
    trades, faults = Trades(store), Switches(store, NO_FAULTS)
    notices = Notices(store, faults, Writing("unionpay", partial(sealed_with, seal), is_accepted))
    app = new_app("unionpay")
    bills = Bills(store, entries_of_till(trades), ends_at_h=23)
    Gateway(store, trades, notices, seal, faults, bills).register(app)
    bills.register(app)
    Cashier(store, trades, notices, paid_notice, partial(form_back, seal)).register(app)
    Control("银联沙箱 UnionPay sandbox", trades, notices, faults, paid_notice).register(app)
    repeat(trades.close_expired, LOOK_EVERY_S)
    repeat(notices.dispatch, LOOK_EVERY_S)
    serve_until_terminated(app, settings.address("MALL_UNIONPAY_URL"))


if __name__ == "__main__":
    main()
