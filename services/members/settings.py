"""What members reads from the environment: how long codes and sessions live, and the pepper."""

from dataclasses import dataclass, field

from environs import validate

from services.chassis.settings import environment_reader, read_settings, seal

PEPPER = "session_pepper"


@dataclass(frozen=True)
class MembersSettings:
    """All times in seconds. ``pepper`` keys every hash of a code or token; it is never in the database.

    ``code_sends``: how often one request may be sent, if a send has come to no end after ``send_stalls_after_s``.
    ``seen_every_s``: ``last_seen_at`` is written at most this often, so an idle session may end that much early.
    """

    pepper: str = field(repr=False)
    code_life_s: int = 300
    code_tries: int = 5
    code_sends: int = 2
    send_stalls_after_s: float = 2.0
    session_idle_s: int = 1800
    session_absolute_s: int = 43_200
    seen_every_s: int = 60


def read_members_settings() -> MembersSettings:
    """Raises SettingsError naming every variable that is wrong, or the missing secret."""
    env = environment_reader()
    values = {
        "code_life_s": env.int("SIGN_IN_CODE_LIFE_S", 300, validate=validate.Range(60, 600)),
        "code_tries": env.int("SIGN_IN_CODE_TRIES", 5, validate=validate.Range(1, 10)),
        "session_idle_s": env.int("SESSION_IDLE_S", 1800, validate=validate.Range(120, 86_400)),
        "session_absolute_s": env.int("SESSION_ABSOLUTE_S", 43_200, validate=validate.Range(300, 2_592_000)),
    }
    seal(env)
    return MembersSettings(pepper=read_settings("members").secret(PEPPER), **values)
