"""The settings of the ledger: every name that ``ledger_setting`` has, and within which bounds its value makes sense."""

from services.points.domain.rules.rule import Row, Setting, Words

HOURS_OF_NOTICES = ("expiry_notice_from_hour", "expiry_notice_until_hour")
_DAYS, _SECONDS, _ROWS = 3_650, 86_400, 1_000_000


def _setting(least: int, largest: int, en: str, zh: str) -> Setting:
    return Setting(least, largest, Words(en, zh))


SETTINGS: dict[str, Setting] = {
    "refund_grace_days": _setting(0, _DAYS, "days that refunded points live on", "退还积分宽限天数"),
    "release_grace_days": _setting(0, _DAYS, "days that released points live on", "解冻积分宽限天数"),
    "hold_extension_s": _setting(1, _SECONDS, "seconds a hold lives on while its order does", "冻结延长秒数"),
    "hold_overdue_alarm_s": _setting(1, _SECONDS, "seconds until the audit names an overdue hold", "冻结超时告警秒数"),
    "expiry_rest_days": _setting(0, _DAYS, "days that a day rests before its expiry is booked", "到期入账延后天数"),
    "expiry_chunk_wallets": _setting(1, _ROWS, "wallets a transaction, when expiry is booked", "到期每批钱包数"),
    "expiry_notice_wallets": _setting(1, _ROWS, "wallets a transaction, when notices are given", "到期提醒每批钱包数"),
    "expiry_notice_from_hour": _setting(0, 23, "first hour of notices, China", "到期提醒开始时刻"),
    "expiry_notice_until_hour": _setting(1, 24, "hour at which notices end, China", "到期提醒结束时刻"),
    "bill_chunk_wallets": _setting(1, _ROWS, "wallets a transaction, when a bill run posts", "账单入账每批钱包数"),
    "bill_claw_backs_at_once": _setting(1, _ROWS, "claw-backs a transaction of a bill run", "账单每批扣回数"),
    "bill_line_retention_days": _setting(1, _DAYS, "days that lines of a bill run are kept", "账单明细保留天数"),
    "partition_months_ahead": _setting(1, 120, "months whose partitions are made ahead", "提前建立分区的月数"),
    "seal_block_lines": _setting(1, _ROWS, "journals and entries a seal, at most", "每个封存块的行数上限"),
    "seal_overdue_alarm_s": _setting(1, _SECONDS, "seconds until the audit misses a seal", "封存超时告警秒数"),
    "verify_days": _setting(1, _DAYS, "days whose seals are verified every night", "每夜核验封存的天数"),
    "audit_slice_lines": _setting(1, 1_000_000_000, "lines that an hourly audit looks at at a time", "审计每次行数"),
    "audit_touched_lines": _setting(0, 1_000_000_000, "touched lines from which all are audited", "改为全量审计的行数"),
    "breakage_history_months": _setting(1, 1_200, "months of history that breakage needs", "估计沉淀率所需月数"),
    "breakage_history_points": _setting(0, 10**15, "points that must have passed each age", "估计沉淀率所需积分"),
}


def out_of_bounds(row: Row) -> str | None:
    setting = SETTINGS[row["name"]]
    if setting.least <= row["value"] <= setting.largest:
        return None
    return f"{row['name']} is from {setting.least} to {setting.largest}"
