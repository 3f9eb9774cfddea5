"""The published language of points, one module a subject. Readers import the package: ``points.HOLD_POINTS``."""

from services.points.contract.accounts import *  # noqa: F403
from services.points.contract.adjustments import *  # noqa: F403
from services.points.contract.audits import *  # noqa: F403
from services.points.contract.bill_runs import *  # noqa: F403
from services.points.contract.coins import *  # noqa: F403
from services.points.contract.correcting import *  # noqa: F403
from services.points.contract.earning import *  # noqa: F403
from services.points.contract.expiring import *  # noqa: F403
from services.points.contract.gifts import *  # noqa: F403
from services.points.contract.history import *  # noqa: F403
from services.points.contract.holding import *  # noqa: F403
from services.points.contract.liability import *  # noqa: F403
from services.points.contract.proofs import *  # noqa: F403
from services.points.contract.rules import *  # noqa: F403
from services.points.contract.vocabulary import *  # noqa: F403
from services.points.contract.wallets import *  # noqa: F403
