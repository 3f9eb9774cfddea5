"""Chinese names by index: common surnames and given names, each combination once before any comes again."""

SURNAMES = (
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡",
    "郭", "何", "林", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "邓", "韩", "冯", "曹",
    "彭", "曾", "萧", "田", "董", "潘", "袁", "蔡", "蒋", "余", "于", "杜", "叶", "程", "魏",
    "苏", "吕", "丁", "任", "卢", "姚", "沈", "欧阳",
)  # fmt: skip
GIVEN_NAMES = (
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳",
    "杰", "涛", "明", "超", "秀英", "霞", "平", "刚", "桂英", "建国", "志强", "晓燕",
    "海燕", "文静", "子轩", "雨桐", "浩然", "欣怡", "宇航", "诗涵", "俊杰", "佳怡", "思远", "梦洁",
    "天佑", "若曦", "嘉豪", "雅婷", "晨曦", "国华", "玉兰", "春梅", "秋菊", "立新", "红梅", "少华",
    "家明", "丽华",
)  # fmt: skip


def name_of(place: int) -> str:
    """``place`` counts from 1. Neighbours have different surnames."""
    round_, surname = divmod(place - 1, len(SURNAMES))
    return SURNAMES[surname] + GIVEN_NAMES[(round_ + surname) % len(GIVEN_NAMES)]
