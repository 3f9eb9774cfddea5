"""What partners refused to switch on is given back by itself; what they switched on stays."""

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.domain.aftersale.units import all_units
from services.orders.storage.cases import places_claimed
from services.orders.storage.provisioning import provisionings_of
from services.orders.storage.queries import lines_of
from services.orders.usecases.aftersale.open_withholding import open_withholding

REFUSED = "provisioning_refused"


def give_back_refused(work: Work, order: sa.Row, line_nos: set[int]) -> bool:
    """All free pieces of these lines, by one case; False if there are none: another case has them. Needs the order's
    lock."""
    rows = [dict(row._mapping) for row in lines_of(work, [order.order_id])[order.order_id]]
    taken = places_claimed(work, order.order_id)
    units = [unit for unit in all_units(rows) if unit.line_no in line_nos and unit.place not in taken]
    if units:
        lines, key = {line["line_no"]: line for line in rows}, (REFUSED, str(order.version))
        open_withholding(work, order, lines, units, key, REFUSED, problems_of(work, order, line_nos))
    return bool(units)


def problems_of(work: Work, order: sa.Row, line_nos: set[int]) -> str:
    """What partners said of what is not there."""
    rows = provisionings_of(work, [order.order_id])[order.order_id]
    missing = [row for row in rows if row.line_no in line_nos and row.state != "succeeded"]
    return "; ".join(f"{row.provisioner}: {row.problem or row.state}" for row in missing)
