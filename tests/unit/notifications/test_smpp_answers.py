"""What answers and receipts of a message centre mean."""

from types import SimpleNamespace

import pytest

from services.notifications.adapters.smpp_answers import AWAY, PartAnswer, SubmittedParts
from services.notifications.adapters.smpp_receipts import is_receipt, receipt_of
from services.notifications.domain.outgoing import ACCEPTED, NOT_TRIED, REFUSED, TRY_LATER, Part, Receipt

OK, INVALID_DESTINATION, SYSTEM_ERROR, THROTTLED, QUEUE_FULL = 0, 0x0B, 0x08, 0x58, 0x14


def answered(*statuses):
    answers = [PartAnswer(number) for number in range(1, len(statuses) + 1)]
    for answer, status in zip(answers, statuses, strict=True):
        if status is not None:
            answer.settle(status, f"id{answer.number}" if status == OK else "")
    return SubmittedParts(answers, len(answers))


@pytest.mark.parametrize(
    ("statuses", "kind"),
    [
        ([OK], ACCEPTED),
        ([OK, OK], ACCEPTED),
        ([THROTTLED], NOT_TRIED),
        ([QUEUE_FULL], NOT_TRIED),
        ([OK, THROTTLED], NOT_TRIED),
        ([SYSTEM_ERROR], TRY_LATER),
        ([THROTTLED, SYSTEM_ERROR], TRY_LATER),
        ([None], TRY_LATER),
        ([OK, None], TRY_LATER),
        ([INVALID_DESTINATION], REFUSED),
        ([None, INVALID_DESTINATION, THROTTLED], REFUSED),
    ],
)
def test_the_worst_part_decides(statuses, kind):
    assert answered(*statuses).outcome(0).kind == kind


def test_parts_that_were_taken_are_named_also_when_the_whole_was_not():
    outcome = answered(OK, THROTTLED, OK).outcome(0)
    assert outcome.parts == (Part(1, "id1"), Part(3, "id3"))
    assert outcome.parts_in_all == 3


def test_a_lost_line_does_not_let_the_sender_wait():
    waiting = PartAnswer(1)
    waiting.lose()
    assert SubmittedParts([waiting], 1).outcome(60).kind == TRY_LATER


def test_without_a_line_nothing_was_tried():
    assert AWAY.outcome(60).kind == NOT_TRIED


def test_a_part_that_is_not_answered_in_time_is_waited_for_no_longer():
    given_up = []
    silent = PartAnswer(1)
    silent.stop_waiting = lambda: given_up.append(1)
    SubmittedParts([silent], 1).outcome(0)
    assert given_up == [1]


def pdu(text=b"", **fields):
    return SimpleNamespace(esm_class=0x04, short_message=text, **fields)


APPENDIX_B = b"id:42 sub:001 dlvrd:%s submit date:2611210101 done date:2611210102 stat:%s err:000 text:"


@pytest.mark.parametrize(
    ("received", "outcome"),
    [
        (pdu(receipted_message_id=b"42", message_state=2), "delivered"),
        (pdu(receipted_message_id=b"42\0", message_state=5), "failed"),
        (pdu(receipted_message_id=b"42", message_state=3), "failed"),
        (pdu(APPENDIX_B % (b"001", b"DELIVRD")), "delivered"),
        (pdu(APPENDIX_B % (b"000", b"UNDELIV")), "failed"),
        (pdu(APPENDIX_B % (b"000", b"EXPIRED")), "failed"),
    ],
)
def test_final_receipts(received, outcome):
    assert receipt_of(received, "p") == Receipt("p", "42", outcome)


@pytest.mark.parametrize(
    "received",
    [pdu(receipted_message_id=b"42", message_state=1), pdu(APPENDIX_B % (b"000", b"ACCEPTD")), pdu(b"hello"), pdu()],
)
def test_receipts_that_settle_nothing(received):
    assert receipt_of(received, "p") is None


def test_a_members_message_is_not_a_receipt():
    assert not is_receipt(SimpleNamespace(esm_class=0))
    assert not is_receipt(SimpleNamespace(esm_class=0x40))
    assert is_receipt(SimpleNamespace(esm_class=0x44))
