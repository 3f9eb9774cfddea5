"""fileTransfer: the ZM file of a day in a zip, made small and written in base64 into a signed answer."""

import io
import zipfile
import zlib
from base64 import b64encode
from datetime import datetime, timedelta

from deploy.sandbox.settings import BEIJING, UNIONPAY_MERCHANT_ID
from deploy.sandbox.till.bills import PAYMENT, Bills, Entry

WIDTHS = (
    3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13, 13,
    8, 32, 13, 13, 12, 2, 1, 131,
)  # fmt: skip


def file_of(bills: Bills, settle_date: str) -> dict[str, str] | None:
    """``fileName`` and ``fileContent`` for MMDD, of the last year that has had that day; None if there is none."""
    day = _day_of(settle_date)
    entries = bills.of(f"{day:%Y-%m-%d}")
    if entries is None:
        return None
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"INN{day:%y%m%d}88ZM_{UNIONPAY_MERCHANT_ID}", "".join(map(_line, entries)).encode("gbk"))
        archive.writestr(f"INN{day:%y%m%d}88ZME_{UNIONPAY_MERCHANT_ID}", b"")
    packed = zlib.compress(whole.getvalue())
    if bills.is_spoiled(f"{day:%Y-%m-%d}", "corrupt"):
        packed = packed[: len(packed) * 2 // 3]
    name = f"{UNIONPAY_MERCHANT_ID}_{day:%Y%m%d}.zip"
    return {"fileName": name, "fileContent": b64encode(packed).decode(), "settleDate": settle_date}


def _day_of(settle_date: str) -> datetime:
    """Raises ValueError."""
    tomorrow = datetime.now(BEIJING) + timedelta(days=1)
    day = datetime.strptime(f"{tomorrow.year}{settle_date}", "%Y%m%d").replace(tzinfo=BEIJING)
    return day if day <= tomorrow else day.replace(year=day.year - 1)


def _line(entry: Entry) -> str:
    is_trade, at = entry.what == PAYMENT, f"{datetime.fromtimestamp(entry.at, BEIJING):%m%d%H%M%S}"
    fee, settled = abs(entry.fee_fen), entry.amount_fen - abs(entry.fee_fen)
    values = {
        1: "S22" if is_trade else "S30", 2: "48722900", 3: "00049999", 4: entry.own_no[-6:], 5: at,
        6: "621626*********0018", 7: f"{entry.amount_fen:012d}", 8: "5311", 9: "07", 10: entry.own_no, 11: "02",
        12: entry.number[:32], 13: "01", 16: f"{'D' if is_trade else 'C'}{fee:012d}",
        17: f"{'C' if is_trade else 'D'}{settled:012d}", 18: "0001", 20: "01" if is_trade else "04",
        21: "01" if is_trade else "00", 22: "000201", 27: "" if is_trade else entry.trade_no, 28: UNIONPAY_MERCHANT_ID,
    }  # fmt: skip
    return " ".join(values.get(place, "").ljust(width) for place, width in enumerate(WIDTHS, 1)) + "\r\n"
