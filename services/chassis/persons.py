"""Two persons: who asks and who approves. A person has one name, whichever door they come through."""


def person_of(actor: str) -> str:
    """ "li.lei" of "ops:li.lei" (the command line) and of "staff:Li.Lei" (a staff key over HTTP)."""
    return actor.split(":", maxsplit=1)[-1].lower()


def is_same_person(actor: str, other: str) -> bool:
    return person_of(actor) == person_of(other)
