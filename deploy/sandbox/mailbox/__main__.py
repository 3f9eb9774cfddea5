"""python -m deploy.sandbox.mailbox"""

from deploy.sandbox import settings
from deploy.sandbox.control_http import new_app, serve_until_terminated
from deploy.sandbox.mailbox.control import MailboxControl
from deploy.sandbox.mailbox.letters import LETTERS_SCHEMA, Letters
from deploy.sandbox.mailbox.reception import open_reception
from deploy.sandbox.store import Store
from deploy.sandbox.switches import SWITCHES_SCHEMA, Switches

NO_FAULTS = {"refuse": 0, "fail_addresses": []}


def main() -> None:
    store = Store(settings.sandbox_dir() / "mailbox.sqlite", LETTERS_SCHEMA, SWITCHES_SCHEMA)
    letters, faults = Letters(store), Switches(store, NO_FAULTS)
    controller = open_reception(letters, faults, settings.address("MALL_SMTP_URL"))
    app = new_app("mailbox")
    MailboxControl(letters, faults).register(app)
    serve_until_terminated(app, settings.address("MALL_MAILBOX_CONTROL_URL"))
    controller.stop()


if __name__ == "__main__":
    main()
