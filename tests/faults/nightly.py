"""``python -m tests.faults.nightly PROVIDER``: the nightly reconciling with it, by the clock of this process."""

import sys

from services.chassis.context import Context
from services.chassis.data.database import make_engine
from services.chassis.data.work import Works
from services.chassis.settings import read_database_url
from services.orders.settings import read_orders_settings
from services.orders.usecases.reconcile import reconcile

CONNECTIONS = 2


def main(provider: str) -> None:
    engine = make_engine(read_database_url("orders"), pool_size=CONNECTIONS, application="faults-nightly")
    job = Context.fresh(actor=f"job:reconcile_with_{provider}", channel="job")
    reconcile(Works(engine, job, settings=read_orders_settings()), provider)


if __name__ == "__main__":
    main(sys.argv[1])
