"""One file and one line make a new kind of fact, as docs/how-to says."""

import json
import re
import shutil
from pathlib import Path
from urllib.request import Request, urlopen

from tests.stories.tracker_process import ROOT, answer, process, up

HOW_TO = ROOT / "docs" / "how-to" / "add-a-kind-of-fact.md"


def changed_house(folder: Path) -> Path:
    """A copy of the packages with the file and the line of the how-to."""
    for package in ("tracker", "projections", "feeds"):
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    source = re.search(r"```python\n(.*?)```", HOW_TO.read_text("utf-8"), re.DOTALL)
    assert source
    (folder / "tracker/domain/sanction.py").write_text(source[1], "utf-8")
    catalog = folder / "tracker/domain/catalog.py"
    text = catalog.read_text("utf-8")
    text = text.replace(
        "from tracker.domain.statement import",
        "from tracker.domain.sanction import SanctionImposed\nfrom tracker.domain.statement import",
    )
    text = text.replace("    StatementMade,\n", "    StatementMade,\n    SanctionImposed,\n", 1)
    catalog.write_text(text, "utf-8")
    return folder


def test_a_sanction_is_recorded_by_cli_and_api_and_stands_on_the_timeline(tmp_path: Path) -> None:
    house = {"PYTHONPATH": str(changed_house(tmp_path / "house"))}
    data = tmp_path / "data"
    with up(data, environment=house) as running:
        house |= {"TRACKER_DATA": str(data)}
        process(
            "record", "sanction-imposed", "--imposed-by", "US", "--target", "Clan del Golfo",
            "--imposed-on", "2021-12-15", "--first-hand", "for the test", environment=house,
            cwd=tmp_path,
        )  # fmt: skip
        bearer = answer(data, "user", "token", "operator")["token"]
        request = Request(
            f"{running.url}/api/v1/facts/sanction-imposed",
            json.dumps(
                {"imposed_by": "GB", "target": "Clan del Golfo", "first_hand": "for the test"}
            ).encode(),
            {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"},
        )
        with urlopen(request, timeout=30) as response:
            assert response.status == 201
        words = ("timeline", "--type", "sanction-imposed", "--json")
        seen = json.loads(process(*words, environment=house, cwd=tmp_path))

    assert [entry["headline"] for entry in seen] == [
        "GB imposed a sanction on Clan del Golfo",
        "US imposed a sanction on Clan del Golfo",
    ]
    assert len({entry["payload"]["target"] for entry in seen}) == 1
