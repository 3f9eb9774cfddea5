"""The one block of addresses at the end of a start."""

import os
from collections.abc import Mapping
from pathlib import Path

from deploy.launcher.language import text
from deploy.launcher.launch import Launch
from deploy.launcher.ports import HOST


def show_addresses(launch: Launch, settings: Mapping[str, str], seconds: float, console: int | None) -> None:
    for line in address_lines(launch, settings, console):
        launch.console.line(line)
    launch.console.line(f"\n  {text('ready', seconds=f'{seconds:.1f}')}\n")


def address_lines(launch: Launch, settings: Mapping[str, str], console: int | None = None) -> list[str]:
    shop = settings["MALL_PUBLIC_URL"]
    rows = [
        ("api", f"{shop}/docs   {shop}/openapi.json"),
        ("ops", "./mall ops   ./mall demo"),
        ("partners", _partners(settings)),
    ]
    if console:
        rows.append(("broker", f"http://{HOST}:{console}   mall / mall"))
    rows += [
        ("logs", f"{_short(launch.layout.log)}/   ./mall logs -f"),
        ("data", f"{_short(launch.layout.home)}/   {text('block.reset')}"),
        ("stop", text("block.ctrl-c")),
    ]
    return ["", *(f"  {text('block.' + name)}  {words}" for name, words in rows)]


def _partners(settings: Mapping[str, str]) -> str:
    names = {"sms": "MALL_SMSC_CONTROL_URL", "mail": "MALL_MAILBOX_CONTROL_URL"}
    names |= {"carrier": "MALL_CARRIER_URL", "topup": "MALL_TOPUP_URL", "alipay": "MALL_ALIPAY_URL"}
    names |= {"unionpay": "MALL_UNIONPAY_URL", "wechatpay": "MALL_WECHATPAY_URL"}
    return "   ".join(f"{text('block.' + name)} {settings[setting]}" for name, setting in names.items())


def _short(folder: Path) -> str:
    relative = os.path.relpath(folder)
    return str(folder) if relative.startswith("..") else relative
