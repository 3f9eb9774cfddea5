"""Words for coded values, in both languages."""

from services.members.contract import STATES, TIERS
from services.points.contract import SOURCES

TIER_NAMES = {
    "registered": {"zh": "注册会员", "en": "registered"},
    "blue": {"zh": "蓝卡", "en": "blue"},
    "gold": {"zh": "金卡", "en": "gold"},
    "red": {"zh": "红卡", "en": "red"},
}
STATE_NAMES = {
    "active": {"zh": "正常", "en": "active"},
    "suspended": {"zh": "暂停", "en": "suspended"},
    "pre_cancelled": {"zh": "预销户", "en": "about to be closed"},
    "cancelled": {"zh": "已销户", "en": "closed"},
}
SOURCE_NAMES = {
    "bill": {"zh": "话费账单", "en": "your phone bill"},
    "sign_up": {"zh": "注册奖励", "en": "signing up"},
    "check_in": {"zh": "签到", "en": "checking in"},
    "purchase": {"zh": "购物", "en": "a purchase"},
    "referral": {"zh": "推荐好友", "en": "inviting a friend"},
    "review": {"zh": "评价商品", "en": "a review"},
    "survey": {"zh": "参与问卷", "en": "a survey"},
    "campaign": {"zh": "活动", "en": "a campaign"},
    "adjustment": {"zh": "人工调整", "en": "an adjustment"},
}


def _covers(names: dict[str, dict[str, str]], values: tuple[str, ...]) -> None:
    if missing := set(values) - set(names):
        raise ValueError(f"no words for {sorted(missing)}")


_covers(TIER_NAMES, TIERS)
_covers(STATE_NAMES, STATES)
_covers(SOURCE_NAMES, SOURCES)

CASE_KIND_NAMES = {
    "refund": {"zh": "退款", "en": "refund"},
    "return": {"zh": "退货", "en": "return"},
    "exchange": {"zh": "换货", "en": "exchange"},
    "cancel_part": {"zh": "部分取消", "en": "cancellation of some pieces"},
}
