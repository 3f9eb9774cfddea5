"""What members read when something is refused: a title for every code, in Chinese and English.

A code without an entry shows the service's own English message; a test keeps the list complete.
"""

Text = tuple[str, str]  # (zh, en)

TITLES: dict[str, Text] = {
    "request.invalid": ("请求内容有误", "The request is not valid"),
    "request.malformed": ("无法读取请求", "The request could not be read"),
    "request.too_large": ("请求内容过大", "The request is too large"),
    "request.key_reused": ("该幂等键已用于其他内容", "This Idempotency-Key was used for another request"),
    "request.media_type": ("仅支持 JSON", "Only JSON is understood here"),
    "request.url_too_long": ("网址过长", "The address is too long"),
    "request.headers_too_large": ("请求头过大", "The headers are too large"),
    "request.http_version": ("不支持的 HTTP 版本", "This version of HTTP is not understood here"),
    "request.too_slow": ("请求发送过慢", "The request came too slowly"),
    "request.timeout": ("处理超时，请稍后重试", "The request took too long; try again in a moment"),
    "overloaded": ("系统繁忙，请稍后重试", "The mall is busy; try again in a moment"),
    "gateway.not_ready": ("网关尚未就绪", "The gateway is not ready"),
    "idempotency_key.missing": ("缺少 Idempotency-Key 请求头", "The Idempotency-Key header is missing"),
    "idempotency_key.invalid": ("Idempotency-Key 格式有误", "The Idempotency-Key header is not valid"),
    "session.unknown": ("登录已失效，请重新登录", "The session has ended; sign in again"),
    "route.unknown": ("没有这个地址", "There is nothing at this address"),
    "route.method_not_allowed": ("不支持该操作", "This method is not allowed here"),
    "service.unavailable": ("服务繁忙，请稍后重试", "The mall is busy; try again in a moment"),
    "internal": ("系统出现问题，我们已记录", "The mall made a mistake; it has been noted"),
    "cursor.invalid": ("翻页标记有误", "The page cursor is not valid"),
    "member.phone_not_accepted": ("请输入有效的手机号", "This is not a mobile number of mainland China"),
    "member.unknown": ("会员不存在", "There is no such member"),
    "member.state_change_not_allowed": ("当前状态不允许该变更", "The account's state does not allow this"),
    "sign_in.too_many_codes": ("获取验证码过于频繁，请稍后再试", "Too many codes were asked for; wait a little"),
    "sign_in.code_not_sent": ("验证码发送失败，请稍后重试", "The code could not be sent; try again"),
    "sign_in.code_wrong": ("验证码不正确", "The code is wrong"),
    "sign_in.code_expired": ("验证码已过期，请重新获取", "The code has expired; ask for a new one"),
    "sign_in.too_many_tries": ("尝试次数过多，请重新获取验证码", "Too many tries; ask for a new code"),
    "points.insufficient": ("积分不足", "Not enough points"),
    "points.account_unknown": ("积分账户尚未开通", "The points account is not open yet"),
    "points.account_frozen": ("积分账户已冻结", "The points account is frozen"),
    "points.hold_released_before": ("该订单的积分已释放", "The points of this order were released"),
    "points.hold_unknown": ("该订单没有冻结的积分", "No points are held for this order"),
    "points.hold_not_open": ("该订单的积分冻结已处理", "The points held for this order were settled before"),
    "points.refund_too_large": ("退还的积分超过已扣的积分", "More points than were spent cannot be given back"),
    "bill_run.unknown": ("账单批次不存在", "There is no such bill run"),
    "goods.unknown": ("商品不存在", "There is no such item"),
    "goods.not_on_sale": ("商品已下架", "This item is not on sale"),
    "goods.tier_too_low": ("会员等级不足", "This item is for a higher tier"),
    "goods.price_unknown": ("所选价格已失效", "This price is no longer offered"),
    "stock.insufficient": ("库存不足", "Not enough in stock"),
    "stock.released_before": ("该订单的库存已释放", "The stock of this order was released"),
    "stock.reservation_unknown": ("该订单没有预占库存", "No stock is reserved for this order"),
    "stock.reservation_not_held": ("该订单的库存预占已处理", "The stock of this order was settled before"),
    "catalog.import_inconsistent": ("商品数据前后不一致", "The goods to import contradict each other"),
    "order.unknown": ("订单不存在", "There is no such order"),
    "order.member_not_active": ("账户当前不可兑换", "This account cannot redeem now"),
    "order.expected_total_changed": ("价格有变动，请确认后重新提交", "The price has changed; look at it again"),
    "order.address_required": ("请填写收货地址", "A delivery address is needed"),
    "order.payment_provider_required": ("请选择支付方式", "Choose a way to pay the cash part"),
    "order.temporarily_unavailable": ("暂时无法下单，请原样重试", "Not possible right now; send the same again"),
    "order.placing_lapsed": ("该次下单已作废，请重新提交", "This attempt has lapsed; order again with a new key"),
    "order.not_cancellable": ("订单已无法取消", "This order can no longer be cancelled"),
    "order.not_payable": ("订单无需或无法支付", "This order cannot be paid"),
    "order.not_delivered": ("订单尚未送达", "This order has not been delivered yet"),
    "payment.provider_unknown": ("未知的支付方式", "Unknown payment provider"),
    "payment.notice_not_genuine": ("通知验签失败", "The notice is not genuine"),
    "payment.unknown": ("支付单不存在", "There is no such payment"),
    "payment.amount_differs": ("支付金额不符", "The amount differs from the payment"),
    "carrier.unknown": ("未知的承运商", "Unknown carrier"),
    "callback.signature_invalid": ("签名无效", "The signature is not valid"),
    "callback.too_old": ("时间戳超出允许范围", "The timestamp is out of tolerance"),
    "callback.malformed": ("回调内容有误", "The callback is not valid"),
    "shipment.already_handed_over": ("包裹已交给承运商", "The parcel is with the carrier already"),
    "message.unknown": ("消息不存在", "There is no such message"),
    "message.not_accepted": ("短信未被接受", "The message was not accepted"),
    "template.invalid": ("模板有误", "The template is not valid"),
}


def title_of(code: str, language: str, default: str) -> str:
    if code not in TITLES:
        return default
    zh, en = TITLES[code]
    return zh if language == "zh" else en
