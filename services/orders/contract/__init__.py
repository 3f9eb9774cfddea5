"""The published language of orders: placing, paying, cancelling, and the life of an order."""

# ruff: noqa: F403 — others say ``contract.PLACE_ORDER``; which file says what is this package's own affair.
from services.orders.contract.aftersale import *
from services.orders.contract.aftersale_events import *
from services.orders.contract.carts import *
from services.orders.contract.escrow import *
from services.orders.contract.events import *
from services.orders.contract.orders import *
from services.orders.contract.payments import *
from services.orders.contract.provisioning import *
from services.orders.contract.quoting import *
from services.orders.contract.reconciliation import *
from services.orders.contract.remittances import *
from services.orders.contract.searching import *
from services.orders.contract.vocabulary import *
