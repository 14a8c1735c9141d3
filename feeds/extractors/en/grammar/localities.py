"""Towns, regions and waters by name, and the country that each is in."""

from functools import cache
from importlib.resources import files


@cache
def localities() -> dict[str, str]:
    """The country of every known place; "-" where it is of several or none."""
    text = files("feeds.extractors.en").joinpath("data/localities.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {name: code for code, names in rows for name in names.split(";")}


def locality(name: str) -> str | None:
    """The country of a place known by name."""
    code = localities().get(name)
    return None if code == "-" else code
