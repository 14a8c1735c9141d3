"""The policy pages over a real log: both clocks, the table, the cell and why."""

from litestar.testing import AsyncTestClient

from tests.tracker.console.world import sample
from tracker.parts import Parts


async def test_smoke(parts: Parts, analyst: AsyncTestClient) -> None:
    await sample(parts)
    for path in (
        "/",
        "/policy",
        "/policy?destination=EC",
        "/policy?nationality=China",
        "/policy/EC/CN",
        "/events",
        "/inbox",
        "/policy/EC/CN?valid_at=2024-06-30&known_at=2024-06-19",
    ):
        answer = await analyst.get(path)
        print(path, answer.status_code, len(answer.text))
        assert answer.status_code == 200, answer.text
