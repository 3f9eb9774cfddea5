"""Words and codes that all of members' messages share."""

SERVICE = "members"
STATES = ("active", "suspended", "pre_cancelled", "cancelled")
TIERS = ("registered", "blue", "gold", "red")
LANGUAGES = ("zh", "en")
CHANNELS = ("web", "wap", "sms", "app", "import", "ops")
LARGEST_BATCH = 500
LARGEST_SEGMENTS = 100  # that a member is in
# Rejection codes
PHONE_NOT_ACCEPTED = "member.phone_not_accepted"
MEMBER_UNKNOWN = "member.unknown"
STATE_CHANGE_NOT_ALLOWED = "member.state_change_not_allowed"
TOO_MANY_CODES = "sign_in.too_many_codes"
CODE_NOT_SENT = "sign_in.code_not_sent"
CODE_WRONG = "sign_in.code_wrong"
CODE_EXPIRED = "sign_in.code_expired"
TOO_MANY_TRIES = "sign_in.too_many_tries"
SESSION_UNKNOWN = "session.unknown"
STAFF_KEY_UNKNOWN = "staff.key_unknown"
CREDIT_POLICY_INVALID = "credit.policy_invalid"
SEGMENT_UNKNOWN = "segment.unknown"
SEGMENT_BACKDATED = "segment.backdated"
SEGMENT_RULE_INVALID = "segment.rule_invalid"
SEGMENT_FILE_UNREADABLE = "segment.file_unreadable"
OPERATOR_ROLES = ("ops", "finance", "rules")  # rules: asks for changes of rules, and approves those of others
STAFF_ROLES = (*OPERATOR_ROLES, "merchant", "hall")  # the counter of one merchant, or of one business hall
