"""What every service measures; scraped at ``/metrics`` of the ops port."""

from prometheus_client import Counter, Gauge, Histogram

CALLS = Counter("mall_calls_total", "RPC calls served", ["service", "method", "outcome"])
CALL_SECONDS = Histogram(
    "mall_call_seconds",
    "Time from taking an RPC request to its answer",
    ["service", "method"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
SHED = Counter("mall_http_shed_total", "HTTP requests or connections turned away when busy", ["service", "reason"])
EVENTS = Counter("mall_events_total", "Events handled", ["service", "type", "outcome"])
RELAYED = Counter("mall_outbox_relayed_total", "Events published from the outbox", ["service"])
OUTBOX_AGE = Gauge("mall_outbox_age_seconds", "Age of the oldest event not yet published", ["service"])
JOBS = Counter("mall_job_runs_total", "Runs of a periodic job", ["service", "job", "outcome"])
