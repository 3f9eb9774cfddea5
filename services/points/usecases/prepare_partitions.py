"""Entries of the coming months get their partitions before the first of them is written."""

from services.chassis.clock import local_date
from services.chassis.data.work import Works
from services.points.storage import partitions, rules


def prepare_entry_partitions(works: Works) -> int:
    with works.begin() as work:
        months = rules.setting(work, "partition_months_ahead", local_date(work.now))
        return partitions.prepare_partitions(work, months)
