"""The reference of the redeem benchmark: placing an order as the framework's own example does it.

HTTP -> RPC that lists the products -> RPC that inserts an order with its lines by ORM and fires an event, without an
outbox -> a handler that takes the stock down. Plain nameko with its defaults, each service a process of its own:
``python -m tests.load.references.naive_order gateway|products|orders``.
"""

import eventlet

eventlet.monkey_patch()

import json
import os
import sys

import sqlalchemy as sa
from marshmallow import Schema, ValidationError, fields, validate
from nameko.events import EventDispatcher, event_handler
from nameko.extensions import DependencyProvider
from nameko.rpc import RpcProxy, rpc
from nameko.runners import ServiceRunner
from nameko.web.handlers import http
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker
from werkzeug.wrappers import Response

from tests.load.answers import answers_apart

DATABASE_URL = "BENCH_NAIVE_DATABASE_URL"
HTTP_PORT = "BENCH_NAIVE_HTTP_PORT"


class Base(DeclarativeBase):
    pass


class Product(Base):
    __tablename__ = "products"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    in_stock: Mapped[int]


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[object] = mapped_column(sa.DateTime, server_default=sa.func.now())
    order_details: Mapped[list["OrderDetail"]] = relationship(back_populates="order")


class OrderDetail(Base):
    __tablename__ = "order_details"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))
    order: Mapped[Order] = relationship(back_populates="order_details")
    product_id: Mapped[str]
    price: Mapped[int]
    quantity: Mapped[int]


class DatabaseSession(DependencyProvider):
    """A session a worker, closed when the worker ends."""

    def setup(self):
        self.engine = sa.create_engine(os.environ[DATABASE_URL])
        self.make_session = sessionmaker(self.engine)
        self.sessions = {}

    def stop(self):
        self.engine.dispose()

    def get_dependency(self, worker_ctx):
        self.sessions[worker_ctx] = self.make_session()
        return self.sessions[worker_ctx]

    def worker_teardown(self, worker_ctx):
        self.sessions.pop(worker_ctx).close()


class ProductSchema(Schema):
    id = fields.String(required=True)
    title = fields.String(required=True)
    in_stock = fields.Integer(required=True)


class OrderDetailSchema(Schema):
    id = fields.Integer()
    product_id = fields.String(required=True)
    price = fields.Integer(required=True)
    quantity = fields.Integer(required=True, validate=validate.Range(1))


class OrderSchema(Schema):
    id = fields.Integer()
    order_details = fields.Nested(OrderDetailSchema, many=True, required=True, validate=validate.Length(1))


class GatewayService:
    name = "bench_naive_gateway"
    products = RpcProxy("bench_naive_products")
    orders = RpcProxy("bench_naive_orders")

    @http("POST", "/orders")
    def create_order(self, request):
        try:
            order = OrderSchema().loads(request.get_data(as_text=True))
        except ValidationError as problem:
            return _answer(400, {"error": "VALIDATION_ERROR", "message": problem.messages})
        known = {product["id"] for product in self.products.list()}
        unknown = [line["product_id"] for line in order["order_details"] if line["product_id"] not in known]
        if unknown:
            return _answer(404, {"error": "PRODUCT_NOT_FOUND", "message": unknown})
        return _answer(201, {"id": self.orders.create_order(OrderSchema().dump(order)["order_details"])["id"]})

    @http("GET", "/orders/<int:order_id>")
    def get_order(self, request, order_id):
        order = self.orders.get_order(order_id)
        products = {product["id"]: product for product in self.products.list()}
        for line in order["order_details"]:
            line["product"] = products[line["product_id"]]
        return _answer(200, order)

    @http("GET", "/products/<product_id>")
    def get_product(self, request, product_id):
        return _answer(200, self.products.get(product_id))


def _answer(status, body):
    return Response(json.dumps(body), status, mimetype="application/json")


class ProductsService:
    name = "bench_naive_products"
    session: Session = DatabaseSession()

    @rpc
    def list(self):
        return ProductSchema(many=True).dump(self.session.scalars(sa.select(Product)).all())

    @rpc
    def get(self, product_id):
        return ProductSchema().dump(self.session.get(Product, product_id))

    @event_handler("bench_naive_orders", "order_created")
    def handle_order_created(self, payload):
        for line in payload["order"]["order_details"]:
            product = self.session.query(Product).filter_by(id=line["product_id"])
            product.update({Product.in_stock: Product.in_stock - line["quantity"]})
        self.session.commit()


class OrdersService:
    name = "bench_naive_orders"
    session: Session = DatabaseSession()
    dispatch = EventDispatcher()

    @rpc
    def create_order(self, order_details):
        order = Order(order_details=[OrderDetail(**line) for line in order_details])
        self.session.add(order)
        self.session.commit()
        created = OrderSchema().dump(order)
        self.dispatch("order_created", {"order": created})
        return created

    @rpc
    def get_order(self, order_id):
        return OrderSchema().dump(self.session.get(Order, order_id))


SERVICES = {"gateway": GatewayService, "products": ProductsService, "orders": OrdersService}


def main(role):
    answers = answers_apart()
    config = {"AMQP_URI": os.environ["MALL_AMQP_URL"]}
    if role == "gateway":
        config["WEB_SERVER_ADDRESS"] = f"127.0.0.1:{os.environ[HTTP_PORT]}"
    runner = ServiceRunner(config)
    runner.add_service(SERVICES[role])
    runner.start()
    print("ready", flush=True, file=answers)
    runner.wait()


if __name__ == "__main__":
    main(sys.argv[1])
