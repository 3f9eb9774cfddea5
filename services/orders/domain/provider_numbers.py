"""The numbers under which providers know our payments and refunds."""

SHORT = ("bank", "mobile")  # UnionPay's files and WeChat Pay's requests have room for 32 characters


def number_at(provider: str, identity: str) -> str:
    """Ours for a new payment or refund at ``provider``: the whole id, or the 32 characters that follow its prefix. It
    is kept with the row: what is under way goes on under the number with which it began."""
    return identity.partition("_")[2] if provider in SHORT else identity
