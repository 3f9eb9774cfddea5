"""Files of bill runs for a book of wallets: each subscriber has one line."""

import random
from datetime import date, timedelta
from pathlib import Path

from services.chassis.clock import SystemClock, local_date
from tests.load.wallet_book import subscriber

LEAST_FEN, MOST_FEN = 100, 30_000


def write_file(folder: Path, run_id: str, wallets: int) -> Path:
    """Of last month; charges between LEAST_FEN and MOST_FEN, subscribers in no order."""
    last_day = last_day_of_month_before(local_date(SystemClock().now()))
    chance, numbers, total = random.Random(run_id), list(range(wallets)), 0
    chance.shuffle(numbers)
    path = folder / f"{run_id}.csv"
    with path.open("w") as file:
        file.write(f"#mall-bill-run;version=1;run_id={run_id};period={last_day:%Y-%m};currency=CNY\n")
        file.write("line_id,subscriber_no,paid_on,charge_yuan\n")
        for place, number in enumerate(numbers, 1):
            fen = chance.randint(LEAST_FEN, MOST_FEN)
            total += fen
            file.write(f"{run_id}{place:09},{subscriber(number)},{last_day},{fen // 100}.{fen % 100:02}\n")
        file.write(f"#total;lines={wallets};amount_yuan={total // 100}.{total % 100:02}\n")
    return path


def last_day_of_month_before(day: date) -> date:
    return day.replace(day=1) - timedelta(days=1)
