"""The chart of accounts: units, kinds and the names of system accounts.

Entries are signed; a journal sums to zero in every unit. What members own is the sum of the wallets, and minus the
sum of everything else: points issued stand as negative sums on ``issue:…``, points spent on ``redeem:…``. What a member
owes is a negative sum on the account of kind ``debt`` that bears the member's name.
"""

POINTS = "PTS"
COINS = "COIN"  # whole coins; one is worth one yuan
MONEY = "CNY"  # fen
SPENDABLE = (POINTS, COINS)  # what members hold and spend; wallets of one member are locked in this order
WALLET, SYSTEM, DEBT = "wallet", "system", "debt"
GENERAL_POOL, BOUGHT_POOL = 0, 1  # what was bought with money is told apart from what was earned; others are rows

REDEEMED_BY_ORDERS = "redeem:order"
EXCHANGE = "exchange"  # one in every unit: what leaves one unit comes out in another
CASH_RECEIVED = "cash:received"  # money that came in: a negative sum, like what is issued; it went to the exchange
BREAKAGE = "breakage"


def issue_account(source: str) -> str:
    """The system account that points of ``source`` come from."""
    return f"issue:{source}"
