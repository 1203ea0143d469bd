import pytest
from PySide6.QtGui import QColor

from cati.gui import theme

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


def test_a_screen_is_tight_by_what_it_holds_at_its_scale() -> None:
    assert not theme.Theme(scale=1.0).is_tight(1366)
    assert theme.Theme(scale=1.25).is_tight(1366)


@pytest.mark.usefixtures("look", "tongue")
def test_quotation_marks_are_as_wide_as_the_language_has_them(tongue: str) -> None:
    quoted = theme.text_width("“x”", 20) - theme.text_width("x", 20)
    assert (quoted < 20) == (tongue == "en")
