"""What invented respondents say in their own words: put together from parts, about nobody and no place."""

from __future__ import annotations

_MATTERS = (
    "办事窗口",
    "咨询电话",
    "网上申报",
    "办理进度查询",
    "材料清单",
    "现场服务",
    "政策宣传",
    "投诉处理",
)
_FAULTS = (
    "等候时间太长",
    "前后说法不一致",
    "没有人及时答复",
    "步骤太繁琐",
    "更新不够及时",
    "不太容易看懂",
    "节假日没有安排",
)
_WISHES = ("希望尽快改进", "建议增加人手", "建议统一口径", "希望公开办理时限", "建议多听取群众意见", "")
_PRAISE = ("比以前快多了", "态度很好", "解释得很清楚", "办得很顺利")
_SATISFIED = 0.25
"""So many of those who say something praise."""


def opinion(kind: float, matter: float, said: float, wish: float) -> str:
    """An opinion about a unit in some words.

    Args:
        kind, matter, said, wish: numbers in [0, 1) that choose praise or blame, and the parts of it.
    """
    subject = _of(_MATTERS, matter)
    if kind < _SATISFIED:
        return f"{subject}{_of(_PRAISE, said)}。"
    blame, wanted = f"{subject}{_of(_FAULTS, said)}", _of(_WISHES, wish)
    return f"{blame}，{wanted}。" if wanted else f"{blame}。"


def _of(words: tuple[str, ...], chance: float) -> str:
    return words[int(chance * len(words))]
