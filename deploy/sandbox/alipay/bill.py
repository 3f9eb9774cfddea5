"""业务明细: a zip of two CSVs in GBK, for an address that is good for half a minute."""

import io
import time
import zipfile
from urllib.parse import urlencode

from flask import Flask, Response, request

from deploy.sandbox.alipay import refusal
from deploy.sandbox.settings import ALIPAY_SELLER_ID, beijing_text
from deploy.sandbox.till.bills import PAYMENT, REFUND, Bills, Entry
from deploy.sandbox.till.money import yuan

PATH = "/downloadBillFile.resource"
GOOD_FOR_S = 30
NAMES = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
    "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
START = "#-----------------------------------------业务明细列表----------------------------------------"
END = "#-----------------------------------------业务明细列表结束------------------------------------"


class BillDesk:
    """``public_url`` is where files are fetched."""

    def __init__(self, bills: Bills, public_url: str) -> None:
        self._bills, self._public_url = bills, public_url

    def register(self, app: Flask) -> None:
        app.add_url_rule(PATH, view_func=self.file)

    def address(self, content: dict[str, str]) -> dict[str, str]:
        """Raises Refused."""
        day = str(content.get("bill_date"))
        try:
            entries = self._bills.of(day) if content.get("bill_type") == "trade" else None
        except ValueError:
            raise refusal.Refused("isv.invalid-arguments", "入参不合法") from None
        if entries is None:
            raise refusal.Refused("isp.bill_not_exist", "账单不存在")
        asked = urlencode({"bizType": "trade", "fileType": "csv.zip", "bizDates": day, "timestamp": int(time.time())})
        return {"code": "10000", "msg": "Success", "bill_download_url": f"{self._public_url}{PATH}?{asked}"}

    def file(self) -> Response:
        day, asked_at = request.args.get("bizDates", ""), request.args.get("timestamp", "0")
        if abs(time.time() - int(asked_at)) > GOOD_FOR_S:
            return Response("下载超时，请重新下载", 200, content_type="text/html;charset=utf-8")
        packed = _packed(day, self._bills.of(day) or [], 100 if self._bills.is_spoiled(day, "wrong_totals") else 0)
        if self._bills.is_spoiled(day, "corrupt"):
            packed = packed[: len(packed) * 2 // 3]
        return Response(packed, content_type="application/octet-stream")


class _ChineseName(zipfile.ZipInfo):
    """Written in GBK and not said to be anything, as Alipay does; the library would write UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits


def _packed(day: str, entries: list[Entry], more_fen: int) -> bytes:
    name = f"{ALIPAY_SELLER_ID}0156_{day.replace('-', '')}_业务明细"
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_ChineseName(f"{name}.csv"), _detail(day, entries, more_fen).encode("gbk"))
        archive.writestr(_ChineseName(f"{name}(汇总).csv"), "#支付宝业务汇总查询\r\n".encode("gbk"))
    return whole.getvalue()


def _detail(day: str, entries: list[Entry], more_fen: int) -> str:
    paid, back = ([entry for entry in entries if entry.what == what] for what in (PAYMENT, REFUND))
    lines = [
        "#支付宝业务明细查询",
        f"#账号：[{ALIPAY_SELLER_ID}0156]",
        f"#起始日期：[{day} 00:00:00]   终止日期：[{day} 23:59:59]",
        START,
        NAMES,
        *(_line(entry) for entry in entries),
        END,
        f"#交易合计：{len(paid)}笔，商家实收共{_sum(paid, more_fen)}元，商家优惠共0.00元",
        f"#退款合计：{len(back)}笔，商家实收退款共-{_sum(back)}元，商家优惠退款共0.00元",
        f"#导出时间：[{beijing_text(time.time())}]",
    ]
    return "\r\n".join(lines) + "\r\n"


def _sum(entries: list[Entry], more_fen: int = 0) -> str:
    return yuan(sum(entry.amount_fen for entry in entries) + more_fen)


def _line(entry: Entry) -> str:
    is_trade, at = entry.what == PAYMENT, beijing_text(entry.at)
    amount, fee = yuan(entry.amount_fen), yuan(abs(entry.fee_fen))
    signed, kept = (amount, f"-{fee}") if is_trade else (f"-{amount}", fee)
    refund_no = "" if is_trade else f"{entry.number}\t"
    return ",".join((
        f"{entry.trade_no}\t", f"{entry.of_number}\t", "交易" if is_trade else "退款", "积分商城订单", at, at, "", "",
        "", "", "138****0001", signed, signed, "0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00", "0.00", refund_no,
        kept, "0.00", "",
    ))  # fmt: skip
