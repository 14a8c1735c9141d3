"""`tracker doctor`, `migrate --preview` and `mail test`, as people run them."""

from pathlib import Path

from tests.stories.tracker_process import answer, tracker


def test_the_doctor_says_what_to_do_and_afterwards_that_all_is_well(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert "create schema log" in tracker(data, "migrate", "--preview")
    assert "something is wrong: database" in tracker(data, "doctor", code=1)
    assert "applied 0001_roles" in tracker(data, "migrate")
    assert "at this version" in tracker(data, "migrate")
    found = {one["about"]: one for one in answer(data, "doctor")}
    assert found["database"]["level"] == found["roles"]["level"] == "ok"
    assert found["secrets"]["remedy"] == "set TRACKER_SECRET_KEY"
    assert "TRACKER_SMTP_URL" in tracker(data, "mail", "test", "ana@example.org", code=2)
