"""The published language of members: people, sign-in, sessions, account states and tiers."""

# ruff: noqa: F403 — others say ``contract.SIGN_IN``; which file says what is this package's own affair.
from services.members.contract.credit import *
from services.members.contract.events import *
from services.members.contract.importing import *
from services.members.contract.people import *
from services.members.contract.sessions import *
from services.members.contract.signing_in import *
from services.members.contract.staff import *
from services.members.contract.vocabulary import *
