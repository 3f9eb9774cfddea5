"""The published language of catalog: merchants, goods, prices and stock."""

# ruff: noqa: F403 — others say ``contract.RESERVE_STOCK``; which file says what is this package's own affair.
from services.catalog.contract.allocation import *
from services.catalog.contract.audits import *
from services.catalog.contract.bulk import *
from services.catalog.contract.checking import *
from services.catalog.contract.codes import *
from services.catalog.contract.consignments import *
from services.catalog.contract.counts import *
from services.catalog.contract.events import *
from services.catalog.contract.flash_sales import *
from services.catalog.contract.flash_tickets import *
from services.catalog.contract.goods import *
from services.catalog.contract.importing import *
from services.catalog.contract.limits import *
from services.catalog.contract.listings import *
from services.catalog.contract.offers import *
from services.catalog.contract.pick_ups import *
from services.catalog.contract.places import *
from services.catalog.contract.presales import *
from services.catalog.contract.quoting import *
from services.catalog.contract.replenishment import *
from services.catalog.contract.schedule import *
from services.catalog.contract.stock import *
from services.catalog.contract.verification import *
from services.catalog.contract.vocabulary import *
from services.catalog.contract.write_offs import *
