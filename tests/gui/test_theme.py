import pytest
from PySide6.QtGui import QColor

from cati.base import i18n
from cati.gui import theme
from cati.gui.widgets.surface import Surface

TEXT_ON_GROUND = [
    (ink, ground)
    for ink in ("ink", "ink2", "accent", "ok", "warn", "stop")
    for ground in ("desk", "panel", "sheet", "soft")
] + [
    ("on_accent", "fill"),
    ("on_accent", "fill_h"),
    ("on_live", "live"),
    ("on_live2", "live"),
    ("live_ok", "live"),
    ("live_warn", "live"),
    ("ok", "ok_s"),
    ("warn", "warn_s"),
    ("stop", "stop_s"),
]


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", list(theme.MODES))
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read_on_every_ground_it_is_used_on(mode: str, ink: str, ground: str) -> None:
    tokens = theme.Theme(mode)
    assert contrast(tokens.colour(ink), tokens.colour(ground)) >= 4.5


@pytest.mark.parametrize("mode", list(theme.MODES))
@pytest.mark.parametrize("ground", ["desk", "panel", "sheet"])
def test_outlines_of_controls_are_seen_on_every_ground(mode: str, ground: str) -> None:
    tokens = theme.Theme(mode)
    assert contrast(tokens.colour("edge"), tokens.colour(ground)) >= 3


@pytest.mark.parametrize("mode", list(theme.MODES))
def test_the_ramp_carries_readable_text(mode: str) -> None:
    for step in range(6):
        ground, text = theme.Theme(mode).ramp(step / 6 + 0.01)
        assert contrast(ground, text) >= 4.5


def test_all_modes_name_the_same_tokens() -> None:
    assert len({frozenset(tokens) for tokens in theme.MODES.values()}) == 1


def test_digits_are_of_one_width(qapp) -> None:
    for bold in (False, True):
        assert len({theme.text_width(digit * 10, 28, bold) for digit in "0123456789"}) == 1


@pytest.mark.usefixtures("look")
def test_a_scale_beyond_the_bounds_takes_the_bound() -> None:
    assert theme.use("light", 9).scale == 2.0
    assert theme.use("light", 0.1).scale == 0.8


@pytest.mark.usefixtures("look")
def test_an_unknown_mode_is_a_fault() -> None:
    with pytest.raises(ValueError, match="sepia"):
        theme.use("sepia")


@pytest.mark.parametrize(
    ("size", "scale", "space"),
    [
        ((1366, 690), 1.0, theme.Space.FULL),
        ((1366, 690), 1.25, theme.Space.TIGHT),
        ((1366, 690), 1.4, theme.Space.SCANT),
        ((1366, 690), 1.5, theme.Space.NARROW),
        ((1366, 690), 2.0, theme.Space.NARROW),
        ((1920, 1002), 2.0, theme.Space.SCANT),
        ((1366, 400), 1.0, theme.Space.SCANT),
    ],
)
def test_a_screen_gives_way_by_what_it_holds_at_its_scale(
    monkeypatch, size, scale: float, space: theme.Space
) -> None:
    monkeypatch.setattr(i18n, "_language", "zh_CN")
    assert theme.Theme(scale=scale).space(*size) is space


# Lowest contrast of each text token on the grounds it is used on, as the visual language states them.
GROUNDS = ("desk", "panel", "sheet", "soft")
STATED = {
    "light": {"ink": 13.3, "ink2": 6.0, "accent": 5.7, "ok": 5.5, "warn": 6.2, "stop": 5.9},
    "dark": {"ink": 10.1, "ink2": 5.8, "accent": 5.6, "ok": 6.0, "warn": 6.4, "stop": 5.5},
    # On white alone, with one ink: nothing is under 7.
    "contrast": {"ink": 16.4, "ink2": 16.4, "accent": 7.1, "ok": 6.9, "warn": 7.6, "stop": 7.3},
}


@pytest.mark.parametrize("mode", list(theme.MODES))
def test_texts_have_the_contrast_that_is_stated(mode: str) -> None:
    tokens = theme.Theme(mode)
    lowest = {
        ink: min(contrast(tokens.colour(ink), tokens.colour(ground)) for ground in GROUNDS)
        for ink in STATED[mode]
    }
    assert {ink: round(value, 1) for ink, value in lowest.items()} == STATED[mode]


def test_high_contrast_has_one_ground_one_ink_and_thick_rings() -> None:
    tokens = theme.MODES["contrast"]
    assert {tokens[name] for name in GROUNDS} == {tokens["sheet"]}
    assert {tokens[name] for name in ("ink", "ink2", "line", "edge")} == {tokens["ink"]}
    assert theme.Theme("contrast").ring() == 3
    assert theme.Theme("light").ring() == 2


@pytest.mark.usefixtures("look")
def test_a_soft_ground_becomes_a_ring_in_high_contrast(qtbot) -> None:
    surface = Surface(ground="soft", edge=None)
    qtbot.addWidget(surface)
    surface.resize(60, 40)
    surface.show()

    def at(x: int) -> str:
        return surface.grab().toImage().pixelColor(x, 20).name()

    assert at(1) == at(30) == theme.LIGHT["soft"].lower()
    theme.use("contrast")
    assert [at(x) for x in (0, 1, 2)] == [theme.LIGHT["accent"].lower()] * 3
    assert at(30) == theme.LIGHT["sheet"].lower()


@pytest.mark.usefixtures("look", "tongue")
def test_quotation_marks_are_as_wide_as_the_language_has_them(tongue: str) -> None:
    quoted = theme.text_width("“x”", 20) - theme.text_width("x", 20)
    assert (quoted < 20) == (tongue == "en")


def test_english_gives_way_earlier_for_its_words_are_wider(monkeypatch) -> None:
    monkeypatch.setattr(i18n, "_language", "en")
    assert theme.Theme(scale=1.25).space(1366, 690) is theme.Space.SCANT
    assert theme.Theme(scale=1.0).space(1280, 690) is theme.Space.TIGHT
