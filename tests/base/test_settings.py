"""Where a setting comes from."""

from pathlib import Path

import pytest

from cati.base import paths, settings
from cati.base.errors import CatiError
from cati.base.settings import Settings


def load(folder: Path, environment: dict[str, str] | None = None, **flags: str | None) -> Settings:
    return settings.load({"data_folder": str(folder), **flags}, environment or {})


def write(folder: Path, text: str) -> None:
    (folder / "settings.toml").write_text(text, encoding="utf-8")


def code_of(folder: Path, **flags: str) -> str:
    with pytest.raises(CatiError) as refused:
        settings.load({"data_folder": str(folder), **flags}, {})
    return refused.value.code


def test_without_anything_said_there_are_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    found = load(tmp_path)
    assert found.data_folder == tmp_path
    assert found.database == f"sqlite:///{tmp_path}/cati.db"
    assert (found.language, found.theme, found.scale, found.audio_device) == ("zh_CN", "light", 100, "")
    assert found.station


def test_flag_before_variable_before_file_before_default(tmp_path: Path) -> None:
    assert load(tmp_path).theme == "light"
    write(tmp_path, 'theme = "dark"\n')
    assert load(tmp_path).theme == "dark"
    environment = {"CATI_THEME": "contrast"}
    assert load(tmp_path, environment).theme == "contrast"
    assert load(tmp_path, environment, theme="light").theme == "light"


@pytest.mark.parametrize("name", sorted(settings.VARIABLES))
def test_every_setting_has_a_variable(tmp_path: Path, name: str) -> None:
    values = {
        "data_folder": str(tmp_path / "else"),
        "database": "sqlite:///x.db",
        "language": "en",
        "theme": "dark",
        "scale": "125",
        "audio_device": "USB",
        "station": "PC-7",
    }
    found = settings.load({}, {settings.VARIABLES[name]: values[name]})
    assert str(getattr(found, name)) == values[name]


def test_empty_means_not_given(tmp_path: Path) -> None:
    found = load(tmp_path, {"CATI_SCALE": "", "CATI_THEME": "dark"}, theme="", scale=None)
    assert (found.scale, found.theme) == (100, "dark")


def test_the_process_environment_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATI_DATA", str(tmp_path))
    assert settings.load({}).data_folder == tmp_path


def test_the_data_folder_by_custom_when_nobody_says(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings.load({}, {})
    assert found.data_folder.name == "cati"
    assert found.data_folder.is_absolute()


@pytest.mark.parametrize(
    "flags",
    [
        {"theme": "pink"},
        {"language": "fr"},
        {"scale": "79"},
        {"scale": "201"},
        {"scale": "big"},
        {"scale": "１００"},
    ],
)
def test_a_value_that_cannot_be_is_refused(tmp_path: Path, flags: dict[str, str]) -> None:
    assert code_of(tmp_path, **flags) == "setting_invalid"


@pytest.mark.parametrize("scale", ["80", "200"])
def test_the_ends_of_the_scale_are_taken(tmp_path: Path, scale: str) -> None:
    assert load(tmp_path, scale=scale).scale == int(scale)


@pytest.mark.parametrize("text", ["theme = ", "them = 'dark'", "data_folder = 'x'", "scale = [1]"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    assert code_of(tmp_path) == "settings_file"


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes('station = "海南"'.encode("gb18030"))
    assert code_of(tmp_path) == "settings_file"


def test_a_number_may_be_written_as_one(tmp_path: Path) -> None:
    write(tmp_path, "scale = 125\n")
    assert load(tmp_path).scale == 125


def test_what_the_user_chooses_is_kept_beside_the_rest(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    settings.save(folder, {"theme": "dark", "station": '三亚 "1"\\'})
    settings.save(folder, {"scale": "125"})
    found = load(folder)
    assert (found.theme, found.scale, found.station) == ("dark", 125, '三亚 "1"\\')
    settings.save(folder, {"theme": ""})
    assert (load(folder).theme, load(folder).scale) == ("light", 125)
    assert [file.name for file in folder.iterdir()] == ["settings.toml"]


def test_a_folder_that_takes_no_settings_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file is in the way", "utf-8")
    with pytest.raises(CatiError, match="until the window is closed"):
        settings.save(tmp_path / "data", {"theme": "dark"})


def test_a_settings_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").mkdir()
    with pytest.raises(CatiError, match="may not be read"):
        settings.load({"data_folder": str(tmp_path)})


def test_the_default_folder_may_send_on_to_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    custom, chosen = tmp_path / "custom", tmp_path / "chosen"
    monkeypatch.setattr(paths, "default_data_folder", lambda: custom)
    settings.save(custom, {"data_folder": str(chosen), "theme": "dark"})
    settings.save(chosen, {"data_folder": settings.HERE, "scale": "125"})
    found = settings.load({}, {})
    assert (found.data_folder, found.database) == (chosen, f"sqlite:///{chosen}/cati.db")
    assert (found.theme, found.scale) == ("light", 125)
    # Whoever names a folder means that one.
    assert settings.load({}, {"CATI_DATA": str(custom)}).data_folder == custom
    assert settings.load({"data_folder": str(custom)}, {}).theme == "dark"
    assert load(chosen).data_folder == chosen
    settings.save(custom, {"data_folder": ""})
    assert settings.load({}, {}).data_folder == custom
