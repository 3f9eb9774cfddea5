"""What the three providers write down of a day, read into our words; a file that lies is refused whole."""

import base64
import gzip
import io
import zipfile
import zlib
from datetime import date, datetime

import pytest

from services.chassis.clock import CHINA
from services.orders.adapters.payments.alipay_bill import read_alipay_bill
from services.orders.adapters.payments.bill_files import LONGEST_LINE, fen_of, gunzipped, lines_of
from services.orders.adapters.payments.unionpay_bill import ORDER_ID, WIDTHS, read_unionpay_bill, unpacked
from services.orders.adapters.payments.wechatpay_bill import read_wechatpay_bill
from services.orders.domain.bill import BillLine, BillNotGenuine
from services.orders.domain.provider_numbers import number_at

PAYMENT, REFUND = f"pay_{'7d0c1e5a' * 4}", f"rfd_{'5a7d0c1e' * 4}"
PAID_AT, BACK_AT = datetime(2026, 3, 2, 10, 0, 30, tzinfo=CHINA), datetime(2026, 3, 2, 11, 0, 0, tzinfo=CHINA)
ALIPAY = f"""#支付宝业务明细查询
#账号：[20880000000000010156]
#起始日期：[2026年03月02日 00:00:00]   终止日期：[2026年03月03日 00:00:00]
#-----------------------------------------业务明细列表----------------------------------------
支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,\
商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,\
卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注
2026030222001\t,{PAYMENT}\t,交易,"水杯, 蓝",2026-03-02 10:00:00,2026-03-02 10:00:30,,,,,张*,99.00,99.00,0.00,0.00,0.00,\
0.00,0.00,,0.00,0.00,,-0.59,0.00,
2026030222001\t,{PAYMENT}\t,退款,水杯,2026-03-02 10:00:00,2026-03-02 11:00:00,,,,,张*,-1.50,-1.50,0.00,0.00,0.00,0.00,\
0.00,,0.00,0.00,{REFUND}\t,0.01,0.00,
#-----------------------------------------业务明细列表结束------------------------------------
#交易合计：1笔，商家实收共99.00元，商家优惠共0.00元
#退款合计：1笔，商家实收退款共-1.50元，商家优惠退款共0.00元
#导出时间：[2026年03月03日 06:27:10]
"""
WECHATPAY = f"""交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,\
付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,\
订单金额,申请退款金额,费率备注
`2026-03-02 10:00:30,`wx1,`19,`0,`,`4200001,`{PAYMENT[4:]},`oZ,`MWEB,`SUCCESS,`OTHERS,`CNY,`99.00,`0.00,`0,`0,`0.00,\
`0.00,`,`,`水杯, 蓝,`,`0.59400,`0.60%,`99.00,`0.00,`
`2026-03-02 11:00:00,`wx1,`19,`0,`,`4200001,`{PAYMENT[4:]},`oZ,`MWEB,`REFUND,`OTHERS,`CNY,`0.00,`0.00\
,`5030001,`{REFUND},`1.50,`0.00,`ORIGINAL,`SUCCESS,`水杯,`,`-0.01000,`0.60%,`0.00,`1.50,`
`2026-03-02 11:00:00,`wx1,`19,`0,`,`4200001,`{PAYMENT[4:]},`oZ,`MWEB,`REFUND,`OTHERS,`CNY,`0.00,`0.00\
,`5030002,`rfd_other,`2.00,`0.00,`ORIGINAL,`FAIL,`水杯,`,`0.00000,`0.60%,`0.00,`2.00,`
总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额
`3,`99.00,`1.50,`0.00,`0.58400,`99.00,`3.50
"""


def unionpay_line(**places):
    """``p7="…"`` is the seventh column."""
    values = {
        1: "S22",
        5: "0302100030",
        7: "000000009900",
        10: "991203021200001234567",
        12: PAYMENT[4:],
        16: "D000000000059",
        20: "01",
    } | {int(place[1:]): value for place, value in places.items()}
    return " ".join(values.get(place, "").ljust(width) for place, width in enumerate([*WIDTHS, 2, 6], 1))


UNIONPAY_REFUND = {
    "p5": "0302110000",
    "p7": "000000000150",
    "p10": "991203021300001234567",
    "p12": REFUND[4:],
    "p16": "C000000000001",
    "p20": "04",
}
UNIONPAY = f"{unionpay_line()}\r\n{unionpay_line(**UNIONPAY_REFUND)}\r\n"


def zipped(**files):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()


def alipay(text=ALIPAY, cut=None, **more):
    files = {"2088_20260302_业务明细.csv": text.encode("gbk"), "2088_20260302_业务明细(汇总).csv": b"#", **more}
    return list(read_alipay_bill(io.BytesIO(zipped(**files)[:cut])))


def wechatpay(text=WECHATPAY):
    return list(read_wechatpay_bill(io.BytesIO(text.encode("utf-8-sig"))))


def unionpay(text=UNIONPAY, day=date(2026, 3, 2), cut=None):
    packed = zlib.compress(zipped(INN26030288ZM_777=text, INN26030288ZME_777=b""))
    return list(read_unionpay_bill(packed[:cut], day))


def test_alipay():
    assert alipay() == [
        BillLine("trade", PAYMENT, "2026030222001", 9900, 59, PAID_AT),
        BillLine("refund", REFUND, "2026030222001", 150, -1, BACK_AT),
    ]


def test_wechatpay_and_what_moved_no_money_is_no_line():
    assert wechatpay() == [
        BillLine("trade", PAYMENT[4:], "4200001", 9900, 59, PAID_AT),
        BillLine("refund", REFUND, "5030001", 150, -1, BACK_AT),
    ]


def test_unionpay_has_room_for_the_whole_of_our_numbers():
    numbers = number_at("bank", PAYMENT), number_at("bank", REFUND)
    assert [len(number) for number in numbers] == [WIDTHS[ORDER_ID]] * 2
    assert unionpay() == [
        BillLine("trade", numbers[0], "991203021200001234567", 9900, 59, PAID_AT),
        BillLine("refund", numbers[1], "991203021300001234567", 150, -1, BACK_AT),
    ]


def test_unionpay_tells_no_years():
    [line] = unionpay(unionpay_line(p5="1231233000"), day=date(2027, 1, 1))
    assert line.at == datetime(2026, 12, 31, 23, 30, tzinfo=CHINA)


@pytest.mark.parametrize(
    "text",
    [
        ALIPAY.replace("99.00,99.00", "98.00,98.00"),
        ALIPAY.replace("#交易合计：1笔", "#交易合计：2笔"),
        ALIPAY.replace("共-1.50元", "共-1.51元"),
        ALIPAY.replace("业务明细列表结束", ""),
        ALIPAY[: ALIPAY.index("#交易合计")],
        ALIPAY.replace("支付宝交易号,", "交易号,"),
        ALIPAY.replace(",交易,", ",转账,"),
        ALIPAY.replace("2026-03-02 10:00:30", "yesterday"),
    ],
)
def test_an_alipay_bill_that_lies_is_refused(text):
    assert text != ALIPAY
    with pytest.raises(BillNotGenuine):
        alipay(text)


@pytest.mark.parametrize(
    "text",
    [
        WECHATPAY.replace("`99.00,`0.00,`\n", "`98.00,`0.00,`\n"),
        WECHATPAY.replace("`3,`99.00", "`2,`99.00"),
        WECHATPAY[: WECHATPAY.index("总交易单数")],
        WECHATPAY[: WECHATPAY.rindex("`3")],
        WECHATPAY.replace("交易时间,", "时间,"),
        WECHATPAY.replace("`wx1,`19,", "`wx1,", 1),
        WECHATPAY.replace("`0.59400", "`much"),
    ],
)
def test_a_wechatpay_bill_that_lies_is_refused(text):
    assert text != WECHATPAY
    with pytest.raises(BillNotGenuine):
        wechatpay(text)


@pytest.mark.parametrize(
    "text", [unionpay_line()[:100], unionpay_line(p20="76"), unionpay_line(p7="99.00"), unionpay_line(p16="X")]
)
def test_a_unionpay_bill_that_lies_is_refused(text):
    with pytest.raises(BillNotGenuine):
        unionpay(text)


def test_what_was_cut_off_or_is_not_there_is_refused():
    for read in (
        lambda: alipay(cut=-40),
        lambda: alipay(**{"another_业务明细.csv": b""}),
        lambda: unionpay(cut=-4),
        lambda: unpacked("no base64"),
        lambda: gunzipped(io.BytesIO(gzip.compress(WECHATPAY.encode())[:-9])),
    ):
        with pytest.raises(BillNotGenuine):
            read()


def test_the_file_comes_in_base64():
    assert unpacked(base64.b64encode(b"zip").decode()) == b"zip"


@pytest.mark.parametrize(
    "text", ["1e6", "1e999999", "1e99999999999", "9" * 14, "9" * 100_000, "1.234567", "NaN", "", "-"]
)
def test_what_is_no_amount_that_a_bill_can_have_is_refused(text):
    with pytest.raises(BillNotGenuine, match="not an amount"):
        fen_of(text)


@pytest.mark.parametrize(
    ("text", "fen"),
    [(" -12.30 ", -1230), ("0", 0), ("0.005", 1), ("-0.59400", -59), ("9999999999999.99", 999_999_999_999_999)],
)
def test_amounts(text, fen):
    assert fen_of(text) == fen


def test_lines_are_read_up_to_a_length():
    """A file of half a gigabyte without a line's end would be in memory as a whole."""
    longest = b"x" * LONGEST_LINE
    assert list(lines_of(io.BytesIO(b"a\r\n" + longest + b"\n\nb"), "utf-8")) == ["a", longest.decode(), "", "b"]
    endless = io.BytesIO(b"a\n" + longest + b"x")
    with pytest.raises(BillNotGenuine, match="a line that does not end"):
        list(lines_of(endless, "utf-8"))
