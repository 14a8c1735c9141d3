"""Settings: what is malformed stops the start with one sentence."""

from pathlib import Path

import pytest

from tracker.domain.errors import Refused
from tracker.settings import Settings, settings_from


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("TRACKER_PROT", "1", "TRACKER_PROT is not a setting"),
        ("TRACKER_PORT", "many", "a setting is malformed: .*port"),
        ("TRACKER_PORT", "70000", "a setting is malformed: .*port"),
        ("TRACKER_LOG_LEVEL", "loud", "a setting is malformed: .*log_level"),
        ("TRACKER_DATA_FILE", "/nowhere", "TRACKER_DATA_FILE: No such file or directory: /nowhere"),
    ],
)
def test_a_malformed_setting_is_refused_by_its_name(
    variable: str, value: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        settings_from({variable: value})


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(Refused, match="is no text in UTF-8"):
        settings_from({"TRACKER_DATA_FILE": str(file)})


def test_every_setting_is_in_the_documentation() -> None:
    told = (Path(__file__).parents[2] / "docs/how-to/run-it.md").read_text("utf-8")
    missing = [
        name for name in Settings.__struct_fields__ if f"`TRACKER_{name.upper()}`" not in told
    ]
    assert missing == []
