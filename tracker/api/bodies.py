"""What a request brings: of the types that are described, and every text in its normal form."""

import re
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import ValidationException

from tracker.domain.values import checked

_PLACE = re.compile(r" - at `\$\.?(.*)`$")


class Strict(Request[Any, Any, Any]):
    """A request whose JSON is of the types that its handler names.

    Litestar reads a body as leniently as a query, where all is text: it would take 0 for false
    and "null" for nothing, and what was meant would be a guess.
    """

    async def json(self) -> Any:
        """The body as its handler wants it; 400 names the field that is something else."""
        brought = await super().json()
        wanted = self.route_handler.parsed_fn_signature.parameters.get("data")
        if wanted is None:
            return brought
        try:
            body = msgspec.convert(brought, wanted.annotation, str_keys=True)
        except msgspec.ValidationError as wrong:
            message, place = _PLACE.sub("", str(wrong)), _PLACE.search(str(wrong))
            field = place[1] if place else ""
            told = {"message": message, "key": field or "data", "source": "body"}
            raise ValidationException(extra=[told]) from wrong
        return checked(body) if isinstance(body, msgspec.Struct) else body
