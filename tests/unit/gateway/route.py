"""One route of the API: what a client sends, and the request that must come of it."""

from dataclasses import dataclass, field
from typing import Any

from services.chassis.contract import Call
from services.chassis.ids import derived_id
from tests.unit.gateway.edge import ME, UUID

MEMBER = ME["member_id"]
STAFF = "staff:li.lei"
ORDER, GOODS, MESSAGE, SESSION = f"ord_{UUID}", f"gds_{UUID}", f"msg_{UUID}", f"ses_{UUID[::-1]}"
PHONE = "13800138000"
PAGE = {"limit": 20, "cursor": None}
SIGNATURE = {"webhook-id": "msg_1", "webhook-timestamp": "1763712000", "webhook-signature": "v1,abc="}
AUDIENCE = {"member_tier": ME["tier"], "member_segments": ME["segments"]}


@dataclass(frozen=True)
class Route:
    """``rule`` is the path in the OpenAPI document, ``path`` one address of it, ``expected`` the request sent."""

    method: str
    rule: str
    contract: Call
    expected: dict[str, Any]
    path: str = ""
    body: Any = None
    status: int = 200
    open: bool = False
    actor: str = f"member:{MEMBER}"
    send: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.path or self.rule

    @property
    def options(self) -> dict[str, Any]:
        return self.send if self.body is None else {"json": self.body}

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"


def key(method: str, path: str, subject: str = MEMBER) -> dict[str, str]:
    return {"request_id": derived_id("req", subject, method, path, "k1")}
