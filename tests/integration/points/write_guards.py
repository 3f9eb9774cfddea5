"""``python -m tests.integration.points.write_guards``: services/points/guards.json as the migrations leave it.

To be run, with MALL_TEST_DATABASE_URL, after a migration that adds or changes tables, triggers, functions or rights.
"""

import json

from services.chassis.testkit import works_on
from services.chassis.testkit.databases import drop_templates, fresh_database
from services.points.storage.guards import RELEASED, for_any_month, guards_there


def main() -> None:
    try:
        with fresh_database("points") as engine, works_on(engine).begin() as work:
            there = for_any_month(guards_there(work))
    finally:
        drop_templates()
    RELEASED.write_text(json.dumps(there, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
