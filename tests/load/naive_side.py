"""Runs the naive-order reference: its database, its three processes, and its orders."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from kombu import Connection, Exchange, Queue

from services.chassis.data.database import make_engine
from tests.load.children import free_port, running
from tests.load.cpu import Group, group_of_pids
from tests.load.databases import temporary_database
from tests.load.http_driver import Load, closed_loop, post
from tests.load.patience import wait_until

MODULE = "tests.load.references.naive_order"
ROLES = ("products", "orders", "gateway")
PRODUCTS = 8  # listed by every order; the fewer, the cheaper the reference
STOCK = 10_000_000
LINES = [{"product_id": f"product_{number}", "price": 9_990, "quantity": 1} for number in (1, 2)]
QUEUES = (
    "rpc-bench_naive_products",
    "rpc-bench_naive_orders",
    "evt-bench_naive_orders-order_created--bench_naive_products.handle_order_created",
)
EXCHANGE = "bench_naive_orders.events"
TABLES = """
CREATE TABLE products (id text PRIMARY KEY, title text NOT NULL, in_stock bigint NOT NULL);
CREATE TABLE orders (id serial PRIMARY KEY, created_at timestamp NOT NULL DEFAULT now());
CREATE TABLE order_details (
    id serial PRIMARY KEY, order_id int NOT NULL REFERENCES orders,
    product_id text NOT NULL, price int NOT NULL, quantity int NOT NULL
);
"""
_SOLD = sa.text("SELECT :stock * count(*) - sum(in_stock) FROM products")


@dataclass
class NaiveSide:
    """The running reference. ``groups`` are its own processes, without PostgreSQL and the broker."""

    url: str
    engine: sa.Engine
    groups: list[Group]
    placed: int = 0

    def place(self, orders: int, connections: int) -> Load:
        body = json.dumps({"order_details": LINES}).encode()
        load = closed_loop(self.url, [post(self.url, "/orders", body, {})] * orders, connections)
        self.placed += orders
        return load

    def settle(self, _load: Load) -> None:
        """Until the stock shows every order: the events have all been handled."""
        units = self.placed * sum(line["quantity"] for line in LINES)
        wait_until("the naive reference's stock shows every order", lambda: self.sold() == units)

    def sold(self) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(_SOLD, {"stock": STOCK}).scalar_one())

    def order_lines(self) -> int:
        with self.engine.connect() as connection:
            return connection.execute(sa.text("SELECT count(*) FROM order_details")).scalar_one()


@contextmanager
def naive_side(amqp_url: str, database_url: str) -> Iterator[NaiveSide]:
    """``database_url``: any database on the server on which the reference gets one of its own, dropped at the end."""
    with ExitStack() as stack:
        url = stack.enter_context(temporary_database(database_url, "bench_naive"))
        engine = make_engine(url, 1)
        stack.callback(engine.dispose)
        _fill(engine)
        stack.callback(_delete_queues, amqp_url)
        port = str(free_port())
        settings = {"MALL_AMQP_URL": amqp_url, "BENCH_NAIVE_DATABASE_URL": _of_sqlalchemy(url)}
        settings["BENCH_NAIVE_HTTP_PORT"] = port
        groups = []
        for role in ROLES:
            child = stack.enter_context(running(MODULE, role, **settings))
            groups.append(group_of_pids(role, [child.pid]))
        yield NaiveSide(f"http://127.0.0.1:{port}", engine, groups)


def _fill(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text(TABLES))
        rows = [{"id": f"product_{n}", "title": f"Product {n}", "stock": STOCK} for n in range(1, PRODUCTS + 1)]
        connection.execute(sa.text("INSERT INTO products VALUES (:id, :title, :stock)"), rows)


def _of_sqlalchemy(url: str) -> str:
    return sa.make_url(url).set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)


def _delete_queues(amqp_url: str) -> None:
    """Its reply queues are not named here: they end by themselves."""
    with Connection(amqp_url, connect_timeout=3) as connection:
        channel = connection.channel()
        for name in QUEUES:
            Queue(name)(channel).delete()
        Exchange(EXCHANGE)(channel).delete()
