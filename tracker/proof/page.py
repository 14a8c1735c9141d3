"""The page of an exhibit: HTML that needs nothing but itself, for the screen and for paper."""

import base64
from typing import Any

from tracker.proof.exhibit import Exhibit, moment

_SHOWN_AS_LINK = ("http://", "https://")


def page(exhibit: Exhibit) -> str:
    """The whole document; every text of it is escaped."""
    # Only whoever makes an exhibit waits for the template engine.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("tracker.proof"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["hex"] = _hexadecimal
    environment.filters["moment"] = moment
    environment.tests["web"] = _is_web_address
    return environment.get_template("exhibit.html").render(exhibit=exhibit)


def _is_web_address(value: Any) -> bool:
    """Whether an address may be followed from the page."""
    return str(value).startswith(_SHOWN_AS_LINK)


def _hexadecimal(encoded: str) -> str:
    """A hash as people compare it, from base64."""
    return base64.b64decode(encoded).hex()
