"""Long use: redemptions at 60 % of what the mall can do, for as many minutes as one has."""

import itertools
from functools import partial

from tests.load.asking import once_and_named
from tests.load.frame import Row, plain
from tests.load.http_driver import open_loop
from tests.load.mall_side import mall_side
from tests.load.overload_bench import BUYERS, ORDERS, Crowd, orders_of, to_their_parcels
from tests.load.soak_rows import rows_of_soak
from tests.load.soak_samples import samples_of

SHARE = 0.6
PEAK_S = 20.0
CONNECTIONS = 64


def run(minutes: int) -> list[Row]:
    """In the end every order has gone its way to the parcel."""
    seconds = 60.0 * minutes
    with mall_side(BUYERS) as mall:
        setting = mall.setting
        crowd = Crowd(setting.url, ORDERS, partial(orders_of, setting), to_their_parcels(mall.work))
        rate = SHARE * crowd.peak(PEAK_S)
        requests = itertools.islice(crowd.requests(), round(rate * seconds))
        with samples_of(mall.groups) as samples:
            load = open_loop(setting.url, requests, CONNECTIONS, rate, once_and_named)
        crowd.settle([load])
    rows = rows_of_soak(seconds, samples, load.answers, ORDERS.done)
    return [plain("soak.rate", f"orders asked for, for {minutes} minutes", "orders/s", rate), *rows]
