"""Decisions in the inbox by plain forms: accept, edit, reject, undo, and who may."""

import re

from litestar import Litestar
from litestar.testing import AsyncTestClient

from projections.views.inbox import Draft
from tests.tracker.console.world import sample
from tracker.console.visits import COOKIE, csrf_token
from tracker.domain.statistic import StatisticPublished
from tracker.parts import Parts

Browser = AsyncTestClient[Litestar]


async def waiting(parts: Parts) -> list[Draft]:
    """The drafts that wait, the oldest first."""
    return await parts.views.select(Draft, equal={"status": "waiting"}, order=("position",))


async def test_every_draft_stands_beside_its_marked_evidence(
    parts: Parts, analyst: Browser
) -> None:
    await sample(parts)
    page = (await analyst.get("/inbox")).text
    assert page.count("<article class=") == 3
    assert re.search(
        r'<mark title="[^"]*value[^"]*"[^>]* data-fields="[^"]*value[^"]*">520,000', page
    )
    assert re.search(r'name="field.value" value="520000"', page)


async def test_accepting_records_the_fact_and_goes_on_to_the_next_draft(
    parts: Parts, analyst: Browser, session: str
) -> None:
    await sample(parts)
    first, second, *_ = await waiting(parts)
    answer = await analyst.post(
        f"/inbox/{first.draft}/accept", data={"csrf": csrf_token(session)}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert answer.headers["location"].endswith(f"#draft-{second.draft}")
    page = (await analyst.get(answer.headers["location"])).text
    assert "<strong>Accepted:</strong>" in page
    assert f'id="draft-{second.draft}" tabindex="-1" data-focus' in page
    fact = re.search(r'href="/events/([^"]*)">See the fact', page)
    assert fact
    assert (await analyst.get(f"/events/{fact[1]}")).status_code == 200


async def test_what_is_changed_in_the_form_is_what_is_recorded(
    parts: Parts, analyst: Browser, session: str
) -> None:
    await sample(parts)
    first = (await waiting(parts))[0]
    fields = {"csrf": csrf_token(session), "field.value": "521000", "field.period": "2023"}
    await analyst.post(f"/inbox/{first.draft}/accept", data=fields)
    (row,) = await parts.views.select(Draft, equal={"draft": first.draft})
    (entry,) = await parts.questions.timeline(types=["statistic-published"], limit=1)
    assert row.edited
    assert isinstance(entry.recorded.event, StatisticPublished)
    assert (entry.recorded.event.value, entry.recorded.event.period) == ("521000", "2023")
    assert entry.recorded.event.population_term == "migrants"


async def test_a_field_that_is_wrong_is_named_and_nothing_is_decided(
    parts: Parts, analyst: Browser, session: str
) -> None:
    await sample(parts)
    first = (await waiting(parts))[0]
    fields = {"csrf": csrf_token(session), "field.geography": "Atlantis"}
    answer = await analyst.post(f"/inbox/{first.draft}/accept", data=fields)
    assert answer.status_code == 400
    assert "geography: &#39;Atlantis&#39; is not a country code" in answer.text
    assert len(await waiting(parts)) == 3


async def test_a_rejection_needs_a_reason_and_can_be_undone(
    parts: Parts, analyst: Browser, session: str
) -> None:
    await sample(parts)
    first = (await waiting(parts))[0]
    token = {"csrf": csrf_token(session)}
    refused = await analyst.post(f"/inbox/{first.draft}/reject", data={**token, "reason": " "})
    assert refused.status_code == 400
    assert "reason: say why" in refused.text
    page = await analyst.post(f"/inbox/{first.draft}/reject", data={**token, "reason": "Old news"})
    assert "<strong>Rejected:</strong>" in page.text
    assert f"/inbox/{first.draft}/reopen" in page.text
    again = await analyst.post(f"/inbox/{first.draft}/accept", data=token)
    assert again.status_code == 409
    await analyst.post(f"/inbox/{first.draft}/reopen", data=token)
    assert first.draft in [d.draft for d in await waiting(parts)]


async def test_a_form_without_the_token_or_from_elsewhere_decides_nothing(
    parts: Parts, analyst: Browser, session: str
) -> None:
    await sample(parts)
    path = f"/inbox/{(await waiting(parts))[0].draft}/accept"
    token = {"csrf": csrf_token(session)}
    assert (await analyst.post(path)).status_code == 403
    assert (await analyst.post(path, data={"csrf": csrf_token("another")})).status_code == 403
    elsewhere = await analyst.post(path, data=token, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
    assert len(await waiting(parts)) == 3


async def test_a_reader_may_look_and_not_decide(parts: Parts, visitor: Browser) -> None:
    await sample(parts)
    first = (await waiting(parts))[0]
    session = await parts.users.issue(await parts.users.create("Rosa", "reader"), "session")
    visitor.cookies.set(COOKIE, session)
    page = (await visitor.get("/inbox")).text
    assert "deciding needs the role analyst" in page
    assert "/accept" not in page
    answer = await visitor.post(f"/inbox/{first.draft}/accept", data={"csrf": csrf_token(session)})
    assert answer.status_code == 403
    assert "this needs the role analyst; Rosa is reader" in answer.text


async def test_hostile_forms_are_refused_and_never_a_fault(
    parts: Parts, analyst: Browser, session: str
) -> None:
    await sample(parts)
    draft = (await waiting(parts))[0].draft
    token = csrf_token(session)
    for path, body, status in (
        (f"/inbox/{draft}/reject", f"csrf={token}&reason=%00", 400),
        (f"/inbox/{draft}/reject", f"csrf={token}&reason=%ff", 400),
        (f"/inbox/{draft}/reject", "&".join(f"a{n}=1" for n in range(300)), 400),
        (f"/inbox/{draft}/accept", f"csrf={token}&field.value=%ED%A0%80", 400),
        (f"/inbox/{draft}/accept", f"csrf={token}&field.value=1%3Bdrop", 400),
        ("/inbox/not-an-id/accept", f"csrf={token}", 404),
    ):
        answer = await analyst.post(
            path, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert answer.status_code == status, (path, body)
    assert (await analyst.get("/inbox?draft=not-an-id")).status_code == 404
    assert len(await waiting(parts)) == 3


async def test_what_is_put_off_is_gone_until_then_and_comes_back_by_undo(
    parts: Parts, analyst: Browser, session: str
) -> None:
    await sample(parts)
    first = (await waiting(parts))[0]
    token = {"csrf": csrf_token(session)}
    page = await analyst.post(f"/inbox/{first.draft}/snooze", data={**token, "for": "1 week"})
    assert "<strong>Put off until " in page.text
    assert f'id="draft-{first.draft}"' not in page.text
    refused = await analyst.post(f"/inbox/{first.draft}/snooze", data={**token, "for": "ever"})
    assert refused.status_code == 400
    page = await analyst.post(f"/inbox/{first.draft}/reopen", data=token)
    assert f'id="draft-{first.draft}"' in page.text


async def test_an_acceptance_is_undone_and_the_fact_retracted(
    parts: Parts, analyst: Browser, session: str
) -> None:
    await sample(parts)
    first = (await waiting(parts))[0]
    token = {"csrf": csrf_token(session)}
    page = await analyst.post(f"/inbox/{first.draft}/accept", data=token)
    assert f"/inbox/{first.draft}/reopen" in page.text
    page = await analyst.post(f"/inbox/{first.draft}/reopen", data=token)
    assert f'id="draft-{first.draft}" tabindex="-1" data-focus' in page.text or (
        f'id="draft-{first.draft}"' in page.text
    )
    (row,) = await parts.views.select(Draft, equal={"draft": first.draft})
    assert row.status == "waiting"


async def test_the_second_reviewer_is_told_who_was_first(
    parts: Parts, analyst: Browser, session: str
) -> None:
    await sample(parts)
    first = (await waiting(parts))[0]
    token = {"csrf": csrf_token(session)}
    await analyst.post(f"/inbox/{first.draft}/accept", data=token)
    answer = await analyst.post(f"/inbox/{first.draft}/reject", data={**token, "reason": "no"})
    assert answer.status_code == 409
    assert "accepted" in answer.text


async def test_marked_drafts_are_accepted_together_and_a_refusal_is_told(
    parts: Parts, analyst: Browser, session: str
) -> None:
    await sample(parts)
    drafts = await waiting(parts)
    token = {"csrf": csrf_token(session)}
    nothing = await analyst.post("/inbox/accept", data=token)
    assert nothing.status_code == 400
    await analyst.post(f"/inbox/{drafts[0].draft}/reject", data={**token, "reason": "Old"})
    marked = {f"pick.{d.draft}": "on" for d in drafts[:3]}
    page = await analyst.post("/inbox/accept", data={**token, **marked})
    assert "1 could not be accepted" in page.text
    assert page.text.count("<strong>Accepted:</strong>") == 2
