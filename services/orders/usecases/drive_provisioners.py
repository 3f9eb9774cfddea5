"""Each partner that switches things on has a lane of its own, whoever they are today: they are rows, not code."""

from services.chassis.data.work import Works
from services.orders.domain.provisioning import LANE
from services.orders.storage.locks import due_lanes
from services.orders.usecases.drive_orders import drive_orders

_busy: set[str] = set()  # lanes that this process is working on


def drive_provisioners(works: Works) -> bool:
    """Works on orders of one partner with whom this process is not busy; true if there were any. One that hangs holds
    up one caller of this, and its own orders."""
    lanes = works.run(lambda work, _: due_lanes(work, LANE), {})
    lane = next((lane for lane in lanes if lane not in _busy), None)
    if lane is None:
        return False
    _busy.add(lane)
    try:
        return drive_orders(works, lane)
    finally:
        _busy.discard(lane)
