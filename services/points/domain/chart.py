"""The chart of accounts: units, kinds and the names of system accounts.

Entries are signed; a journal sums to zero in every unit. What members own is the sum of the wallets, and minus the
sum of everything else: points issued stand as negative sums on ``issue:…``, points spent on ``redeem:…``.
"""

POINTS = "PTS"
WALLET = "wallet"
SYSTEM = "system"
GENERAL_POOL = 0

REDEEMED_BY_ORDERS = "redeem:order"


def issue_account(source: str) -> str:
    """The system account that points of ``source`` come from."""
    return f"issue:{source}"
