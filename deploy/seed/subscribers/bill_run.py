"""A month's bill run as the operator's billing system would deliver it, bad lines included.

#mall-bill-run;version=1;run_id=2026-10-1a2b3c4d;period=2026-10;currency=CNY
line_id,subscriber_no,paid_on,charge_yuan
B2026-10-000001,S0008001,2026-10-02,7680.00
…
#total;lines=7055;amount_yuan=4570632.80
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deploy.seed.subscribers.bill_lines import BadLine, Line, bad_lines, good_lines
from deploy.seed.subscribers.control_total import amount_yuan

COLUMNS = "line_id,subscriber_no,paid_on,charge_yuan"


def write_bill_run(path: str | Path, period: str = "2026-10", scale: float = 1.0, part: int = 1) -> dict[str, Any]:
    """Writes the file of a month ("YYYY-MM"), whole or not at all, the same bytes every time.

    ``scale`` sizes the run: 1.0 bills every subscriber once, 0.1 a tenth of the sample, 10.0 everybody ten times. The
    demo's people are in it once, always. ``part`` counts the runs of a month: each is a run of its own. Returns
    {"run_id", "period", "lines", "good_lines", "bad_lines", "bad": [{"line_no", "line_id", "problem"}],
    "amount_yuan"}; ``line_no`` counts from 1 after the column line, and ``lines`` and ``amount_yuan`` ("1234.50")
    are what the trailer says.
    """
    good = good_lines(period, scale)
    lines, bad = _mixed(good, bad_lines(period, good))
    body = "".join(f"{line.as_csv()}\n" for line in lines)
    run_id = f"{period}-{hashlib.sha256(f'{part}{body}'.encode()).hexdigest()[:8]}"
    total = amount_yuan(line.charge_yuan for line in lines)
    head = f"#mall-bill-run;version=1;run_id={run_id};period={period};currency=CNY\n{COLUMNS}\n"
    _write(Path(path), f"{head}{body}#total;lines={len(lines)};amount_yuan={total}\n")
    counts = {"lines": len(lines), "good_lines": len(good), "bad_lines": len(bad), "bad": bad}
    return {"run_id": run_id, "period": period, **counts, "amount_yuan": str(total)}


def _mixed(good: Sequence[Line], bad: Sequence[BadLine]) -> tuple[list[Line], list[dict[str, Any]]]:
    """The bad lines spread over the second half of the file, so that they come after what they refer to."""
    lines, found = list(good), []
    for place, (line, problem) in enumerate(bad):
        at = len(good) // 2 + (place + 1) * (len(good) // 2) // len(bad) + place
        lines.insert(at, line)
        found.append({"line_no": at + 1, "line_id": line.line_id, "problem": problem})
    return lines, found


def _write(path: Path, text: str) -> None:
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.write_text(text, encoding="utf-8", newline="\n")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
