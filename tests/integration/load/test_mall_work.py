"""Who looks into the mall's databases goes on when a server was started again."""

import sqlalchemy as sa

from services.chassis.data.database import make_engine
from services.chassis.testkit.databases import server_url
from tests.load.mall_work import MallWork

END_SESSION = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'who-looks-on'")


def test_a_session_that_was_ended_is_no_reason_to_stop_looking() -> None:
    """Its pool hears of it when it is used."""
    server = server_url().render_as_string(hide_password=False)
    looking, other = make_engine(server, 1, "who-looks-on"), make_engine(server, 1)
    work = MallWork({"orders": looking})
    before = work.now()

    with other.connect() as connection:
        assert connection.execute(END_SESSION).scalar_one() is True

    assert work.now() > before
    looking.dispose()
    other.dispose()
