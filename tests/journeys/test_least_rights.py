"""In a running mall a service with roles is nobody special, and does not even know the way of the owner."""

from pathlib import Path

import psycopg2

from tests.journeys.at_hand import settings_of
from tests.support.mall import Mall

SESSIONS = """
    SELECT usename, rolsuper OR rolcreaterole OR rolcreatedb FROM pg_stat_activity JOIN pg_roles ON rolname = usename
    WHERE datname = %s AND application_name LIKE 'points%%'
"""


def sessions_of_points(mall: Mall) -> set[tuple[str, bool]]:
    owner = psycopg2.connect(settings_of(mall)["MALL_DATABASE_URL"])
    try:
        with owner.cursor() as cursor:
            cursor.execute(SESSIONS, (f"{owner.info.dbname}_points",))
            return set(cursor.fetchall())
    finally:
        owner.close()


def test_the_points_process_works_with_the_rights_of_its_own_login_only(open_mall: Mall) -> None:
    assert sessions_of_points(open_mall) == {("mall_points_app", False)}


def test_the_points_process_has_no_other_address(open_mall: Mall) -> None:
    environment = Path(f"/proc/{open_mall.status()['points']['pid']}/environ").read_text().split("\0")
    addresses = {line.partition("=")[0] for line in environment if line.startswith("MALL_DATABASE")}
    assert addresses == {"MALL_DATABASE_URL_POINTS"}
