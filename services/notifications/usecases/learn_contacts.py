"""Keep the read model of members, from their enrolment and each change of their profile."""

from services.chassis.data.work import ReceivedEvent, Work
from services.notifications.storage.contacts import add_new_contacts, put_newer_contact
from services.notifications.usecases.announce import announce_event


def welcome_members(work: Work, event: ReceivedEvent) -> None:
    """A late enrolment finds the contact there and leaves it; those who joined by themselves are welcomed."""
    add_new_contacts(work, event.data["members"])
    announce_event(work, event)


def learn_profile(work: Work, event: ReceivedEvent) -> None:
    """A change older than what we know changes nothing; one of a member not heard of yet makes the contact."""
    put_newer_contact(work, event.data["member"], event.sequence, event.occurred_at)
