"""The door: a nameko service whose one entrypoint hands every HTTP request to the Flask application."""

from werkzeug.wrappers import Request, Response

from gateway import problems
from gateway.app import create_app
from gateway.settings import read_gateway_settings
from services.chassis.bus.providers import RpcProvider
from services.chassis.health import Health
from services.chassis.http_server import wsgi


class GatewayService:
    name = "gateway"
    uses_database = False
    default_workers = 64

    channel = RpcProvider()
    health = Health(database=False)
    app = create_app(read_gateway_settings)

    @wsgi(word_problem=problems.before_the_application)
    def serve(self, request: Request) -> Response:
        environ = {**request.environ, "mall.channel": self.channel, "mall.health": self.health}
        return Response.from_app(self.app, environ)
