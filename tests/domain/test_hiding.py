"""Nothing that leaves the bureau tells who said it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cati.domain.contacts import Contact, Phone
from cati.domain.hiding import HIDDEN, Span, hidden, of_words, packed, proposed, sendable, unpacked, words_of

NAMES = st.text("王李张刘陈杨赵黄明伟芳娜静敏强磊", min_size=2, max_size=4)
BETWEEN = st.sampled_from(["", " ", "-", "－", " - ", ".", "\u200b", "（", "\n"])
AROUND = st.text("我的电话是请打给在办事大厅等了很久 ，。0123456789-", max_size=20)
NUMBERS = st.one_of(
    st.from_regex(r"\+861[3-9][0-9]{9}", fullmatch=True),
    st.from_regex(r"\+86898[2-9][0-9]{7}", fullmatch=True),
)
FULL_WIDTH = {ord(str(n)): chr(0xFF10 + n) for n in range(10)}
CHINESE = {ord(str(n)): letter for n, letter in enumerate("零一二三四五六七八九")}
WAYS = st.sampled_from([{}, FULL_WIDTH, CHINESE])


def bare(text: str) -> str:
    """Letters and digits alone, of one width."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKC", text).translate({ord(c): str(n) for n, c in
                                                                    enumerate("零一二三四五六七八九")})
        if letter.isalnum()
    )  # fmt: skip


@st.composite
def spoken(draw: st.DrawFn, words: str) -> str:
    """Words with something between their characters, or nothing."""
    return draw(BETWEEN).join(words)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_neither_name_nor_number_of_whoever_was_asked_ever_leaves(data: st.DataObject) -> None:
    name, number, other = data.draw(NAMES), data.draw(NUMBERS), data.draw(NUMBERS)
    contact = Contact(name, (Phone(number), Phone(other, "landline")))
    parts = [name, number.removeprefix("+86").translate(data.draw(WAYS)), other.removeprefix("+86")]
    text = "".join(data.draw(AROUND) + data.draw(spoken(part)) for part in parts) + data.draw(AROUND)
    # Whatever somebody decided to hide, be it nothing.
    decided = data.draw(st.sampled_from([None, (), (Span(0, 1),), (Span(0, len(text)),)]))
    left = bare(sendable(text, decided, contact))
    assert bare(name) not in left
    for one in (number, other):
        assert one.removeprefix("+86") not in left
    assert other.removeprefix("+86898") not in left or other.startswith("+861")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请打13800138000找我", f"请打{HIDDEN}找我"),
        ("电话 0898-8888 1234。", f"电话 {HIDDEN}。"),
        ("一三八零零一三八零零零是我的号码", f"{HIDDEN}是我的号码"),
        ("身份证46000019900101123X", f"身份证{HIDDEN}"),
        ("2024-01-22去过，等了120分钟，花了3.5元", "2024-01-22去过，等了120分钟，花了3.5元"),
        ("八点到，两三个人，一二三四", "八点到，两三个人，一二三四"),
    ],
)
def test_what_looks_like_somebodys_number_is_proposed_to_be_hidden(text: str, shown: str) -> None:
    assert sendable(text, None, None) == shown
    assert sendable(text, (), None) == text


@pytest.mark.parametrize(
    "name", ["张三丰", "张三丰（法人代表）", "张三丰经理", "李四/张三丰", "张三丰 女士", "张 三 丰"]
)
def test_whoever_was_asked_is_hidden_however_the_list_writes_the_name(name: str) -> None:
    contact = Contact(name, (Phone("+8613900000000"),))
    said = "我是张三丰，我们经理都知道"
    assert sendable(said, (), contact) == f"我是{HIDDEN}，我们经理都知道"


def test_spans_are_kept_as_text_and_words_found_wherever_they_stand() -> None:
    text = "王科长推给李科长，王科长又推回来"
    spans = of_words(text, ["王科长", "科长推"])
    assert hidden(text, spans) == f"{HIDDEN}给李科长，{HIDDEN}又推回来"
    assert unpacked(packed(spans)) == spans
    assert words_of(text, spans) == ("王科长推", "王科长")
    assert unpacked("") == proposed("") == ()
