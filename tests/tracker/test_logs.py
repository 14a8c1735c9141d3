"""Log lines for machines."""

import logging

import msgspec
import pytest

from tracker import logs


def test_a_line_is_one_json_object_that_names_the_request(
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    token = logs.request.set("abc-1")
    try:
        logs.configure("info")
        logging.getLogger("tracker.test").info("two\nlines")
    finally:
        logs.request.reset(token)
        root.handlers[:] = before
        root.setLevel(level)
    [line] = capsys.readouterr().err.splitlines()
    said = msgspec.json.decode(line)
    assert (said["level"], said["logger"]) == ("info", "tracker.test")
    assert (said["message"], said["request"]) == ("two\nlines", "abc-1")
