"""Every setting is documented, in its own words."""

from pathlib import Path

import pytest

from billdrop.errors import ConfigurationError
from billdrop.settings import Settings, load, table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def test_every_setting_stands_in_the_page_with_its_default_and_sentence() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, default, sentence in table():
        assert f"| `{name}` | {default} | {sentence} |" in page


def test_the_environment_wins_over_the_file_and_a_flag_over_both(tmp_path: Path) -> None:
    file = tmp_path / "billdrop.toml"
    file.write_text("batch_documents = 7\nexpire_hours = 8\nsweep_seconds = 9\n")
    environ = {"BILLDROP_BATCH_DOCUMENTS": "70", "BILLDROP_EXPIRE_HOURS": "80"}
    settings = load(file, environ, expire_hours=800)
    assert (settings.batch_documents, settings.expire_hours, settings.sweep_seconds) == (70, 800, 9)


def test_host_names_come_as_a_list_with_commas(tmp_path: Path) -> None:
    settings = load(tmp_path / "none", {"BILLDROP_HOSTS": "a.example,b.example"})
    assert settings.hosts == ("a.example", "b.example")


@pytest.mark.parametrize("text", ["batch_documents = 0", "batch_document = 1", "what", "hosts = 1"])
def test_a_wrong_setting_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "billdrop.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"billdrop\.toml|settings"):
        load(file, {})


def test_without_any_source_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path / "none", {}) == Settings()


@pytest.mark.parametrize(
    ("text", "fact", "hint"),
    [
        ("document_bytes = 'abc'", '`document_bytes` is "abc"; it takes a whole number', "default"),
        ("document_byte = 1", "there is no setting `document_byte`", "mean `document_bytes`?"),
        ("batch_documents = true", "`batch_documents` is true; it takes a whole", "default"),
        ("sweep_seconds = -1", "`sweep_seconds` is -1; it takes a number of seconds", "default"),
        ("hosts = 'a.example'", '`hosts` is "a.example"; it takes a list', "default"),
        ("what = 1", "there is no setting `what`", "the settings are `batch_documents`, "),
    ],
)
def test_a_wrong_setting_is_named_with_its_file_and_what_it_takes(
    tmp_path: Path, text: str, fact: str, hint: str
) -> None:
    file = tmp_path / "billdrop.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load(file, {})
    assert caught.value.message.startswith(f"{file}: {fact}")
    assert hint in caught.value.hint


def test_a_wrong_setting_of_the_environment_is_named_as_it_stands_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="the environment: `BILLDROP_LINE_CHARS` is"):
        load(tmp_path / "none", {"BILLDROP_LINE_CHARS": "many"})


def test_what_is_usual_gives_way_to_the_file_and_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "billdrop.toml"
    file.write_text("sweep_seconds = 9\n")
    usual = {"batch_documents": 300, "sweep_seconds": 3600, "expire_hours": 7}
    settings = load(file, {"BILLDROP_EXPIRE_HOURS": "8"}, usual)
    assert (settings.batch_documents, settings.sweep_seconds, settings.expire_hours) == (300, 9, 8)
