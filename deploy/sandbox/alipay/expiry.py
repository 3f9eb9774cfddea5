"""When an unpaid trade closes by itself."""

import re
from datetime import datetime, timedelta
from typing import Any

from deploy.sandbox.settings import BEIJING

_EXPRESS = re.compile(r"([1-9]\d*)([mhd])")
_SECONDS = {"m": 60, "h": 3600, "d": 86400}
LONGEST_S = 15 * 86400.0


def expires_at(content: dict[str, Any], now: float) -> float:
    """Unix seconds, from time_expire (a Beijing time) or timeout_express (90m, 2h, 1d, 1c); at most 15 days on.

    1c is the end of the day it was created on. Raises ValueError for other texts.
    """
    if content.get("time_expire"):
        moment = datetime.strptime(str(content["time_expire"]), "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
        return min(moment.timestamp(), now + LONGEST_S)
    express = str(content.get("timeout_express") or "15d")
    if express == "1c":
        today = datetime.fromtimestamp(now, BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
        return (today + timedelta(days=1)).timestamp()
    found = _EXPRESS.fullmatch(express)
    if not found:
        raise ValueError(f"timeout_express: {express}")
    return now + min(int(found[1]) * _SECONDS[found[2]], LONGEST_S)
