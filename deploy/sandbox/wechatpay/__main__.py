"""python -m deploy.sandbox.wechatpay"""

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
from deploy.sandbox.wechatpay.bill import BillDesk
from deploy.sandbox.wechatpay.gateway import Gateway
from deploy.sandbox.wechatpay.messages import is_accepted, paid_notice, sealed_with
from deploy.sandbox.wechatpay.signing import Seal

NO_FAULTS = {"open": ANSWERING, "query": ANSWERING, "close": ANSWERING, "refund": ANSWERING, "notify": ("on", "off")}
LOOK_EVERY_S = 0.02


def main() -> None:
    store = books_of("wechatpay")
    seal = Seal.of(
        settings.key_pem("wechatpay_platform_private.pem"),
        settings.key_pem("wechatpay_merchant_public.pem"),
        settings.wechatpay_api_v3_key(),
    )
    trades, faults = Trades(store), Switches(store, NO_FAULTS)
    notices = Notices(store, faults, Writing("wechatpay", partial(sealed_with, seal), is_accepted))
    public_url = settings.required("MALL_WECHATPAY_URL").rstrip("/")
    app = new_app("wechatpay")
    bills = Bills(store, entries_of_till(trades))
    Gateway(store, trades, notices, seal, faults, public_url).register(app, BillDesk(bills, seal, public_url))
    bills.register(app)
    Cashier(store, trades, notices, paid_notice).register(app)
    Control("微信支付沙箱 WeChat Pay sandbox", trades, notices, faults, paid_notice).register(app)
    repeat(trades.close_expired, LOOK_EVERY_S)
    repeat(notices.dispatch, LOOK_EVERY_S)
    serve_until_terminated(app, settings.address("MALL_WECHATPAY_URL"))


if __name__ == "__main__":
    main()
