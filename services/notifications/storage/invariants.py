"""What must always be true of the stored messages, each as a query for whatever breaks it."""

GRACE = "5 minutes"  # the sweepers come every few seconds; this long after, nobody came
INVARIANTS = {
    "one message per event, channel and member": """
        SELECT event_id || ' ' || channel FROM message
        GROUP BY event_id, channel, member_id HAVING count(*) > 1""",
    "one inbox entry per event and member": """
        SELECT event_id || ' ' || member_id FROM inbox_message GROUP BY event_id, member_id HAVING count(*) > 1""",
    "no message is stuck in sending past its lease": """
        SELECT message_id FROM message WHERE state = 'sending' AND leased_until < now() - CAST(:grace AS interval)""",
    "every queued message has attempts left": """
        SELECT message_id FROM message WHERE state = 'queued' AND attempts >= (
            SELECT most_attempts FROM channel_setting AS setting
            WHERE setting.channel = message.channel AND effective_from <= now()
            ORDER BY effective_from DESC LIMIT 1)""",
    "no queued message has outlived its use": """
        SELECT message_id FROM message WHERE state = 'queued' AND expires_at < now() - CAST(:grace AS interval)""",
    "a one-time code leaves no text and no number": """
        SELECT message_id FROM message
        WHERE topic = 'sign_in_code' AND (body IS NOT NULL OR recipient NOT LIKE '%*%')""",
    "a sent short message has a part for each of its parts": """
        SELECT message_id FROM message WHERE channel = 'sms' AND state IN ('sent', 'delivered') AND parts > (
            SELECT count(DISTINCT part_no) FROM message_part AS part WHERE part.message_id = message.message_id)""",
    "a delivered message has every part delivered": """
        SELECT message_id FROM message WHERE state = 'delivered' AND parts > (
            SELECT count(DISTINCT part_no) FROM message_part AS part
            WHERE part.message_id = message.message_id AND part.state = 'delivered')""",
    "no matched receipt is left lying": """
        SELECT receipt_id::text FROM receipt JOIN message_part USING (provider, provider_message_id)
        WHERE received_at < now() - CAST(:grace AS interval)""",
}  # fmt: skip
