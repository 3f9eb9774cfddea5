"""``python -m deploy.demo [--lang zh|en] [--slow] [--json]`` against the mall that the environment names."""

import argparse
import os
import random
import sys
from pathlib import Path

import requests

from deploy.demo import deliveries, ending, redemptions, top_up
from deploy.demo.bill_run import play_bill_run
from deploy.demo.hero import Hero
from deploy.demo.outside import CarrierDesk
from deploy.demo.shop import Shop, StoryBroken
from deploy.demo.teller import Teller
from deploy.seed.subscribers import demo_subscribers

SMS_OF_THE_STORY = 6  # code, two confirmations at least, the virtual code, dispatch, delivery


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./mall demo", description=__doc__)
    parser.add_argument("--lang", choices=["zh", "en"], default="zh")
    parser.add_argument("--slow", action="store_true", help="pause before each chapter")
    parser.add_argument("--json", action="store_true", help="print the facts as one JSON object")
    options = parser.parse_args(arguments)
    teller = Teller(options.lang, options.json, options.slow)
    try:
        ok = tell(teller)
    except (StoryBroken, requests.RequestException) as problem:
        teller.check("broken", False, problem=problem)
        teller.facts["broken"] = str(problem)
        ok = False
    teller.finish(ok)
    return 0 if ok else 1


def tell(teller: Teller) -> bool:
    """The main job from the bill run to the final statement. True if every step and every invariant held."""
    hero = _hero(teller.language)
    play_bill_run(teller, Path(os.environ["MALL_HOME"]) / "demo")
    teller.chapter("sign_in")
    hero.sign_in(teller)
    _say_balance(hero, teller)
    first = redemptions.redeem_for_points(hero, teller)
    code = redemptions.redeem_a_code(hero, teller)
    topped_up = top_up.top_up_the_phone(hero, teller)
    second = redemptions.redeem_for_points_and_cash(hero, teller)
    redemptions.be_refused(hero, teller)
    waybills = deliveries.watch_dispatch(hero, teller, [first, second])
    desk = CarrierDesk(os.environ["MALL_CARRIER_URL"])
    deliveries.disturb_callbacks(hero, teller, desk, second, waybills[1])
    deliveries.receive(hero, teller, [first, second])
    _note_orders(hero, teller, [first, code, topped_up, second])
    ending.read_messages(hero, teller, SMS_OF_THE_STORY)
    adds_up = ending.read_statement(hero, teller)
    if hero.shop.retries:
        teller.say("retries.said", count=hero.shop.retries)
    teller.facts["retries"] = hero.shop.retries
    return ending.check_everything(teller) and adds_up


def _hero(language: str) -> Hero:
    people = demo_subscribers()
    random.shuffle(people)
    return Hero(people, Shop(os.environ["MALL_PUBLIC_URL"], language))


def _say_balance(hero: Hero, teller: Teller) -> None:
    teller.chapter("balance")
    balance = hero.balance()
    teller.say(
        "balance.now",
        available=f"{balance['available']:,}",
        held=balance["held"],
        earned=f"{balance['earned_in_all']:,}",
    )
    teller.facts["member"] = {"phone": hero.person["phone"], "balance_before": balance["available"]}


def _note_orders(hero: Hero, teller: Teller, order_ids: list[str]) -> None:
    names = ("order_id", "status", "payment_status", "fulfilment_status", "points", "cash_fen")
    teller.facts["orders"] = [{name: hero.order(order_id)[name] for name in names} for order_id in order_ids]
    unfinished = [order for order in teller.facts["orders"] if order["status"] not in ending.SETTLED_STATUSES]
    if unfinished:
        raise StoryBroken(f"orders did not end completed: {unfinished}")


if __name__ == "__main__":
    sys.exit(main())
