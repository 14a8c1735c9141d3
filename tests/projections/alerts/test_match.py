"""What is owed because of an event, given what was recorded before it."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from projections.alerts.filters import Watch
from projections.alerts.index import Index
from projections.alerts.match import Owed, Reason, Rules, owed
from projections.alerts.reasons import Earlier
from projections.regimes import Cell
from tests.projections.folding import (
    change,
    correction,
    corroboration,
    event_id,
    facts,
    observation,
    recorded,
    rejection,
    retraction,
)
from tracker.domain.base import Event
from tracker.domain.policy import EffectiveDateReached
from tracker.domain.statement import StatementMade
from tracker.domain.subscription import Filter

EC_CN = Filter(destinations=("EC",), nationalities=("CN",))
VISA_FREE = change("visa-free", "2016-08-15", action="introduced", announced_on="2016-08-01")
SUSPENDED = change(
    "visa-free-suspended", "2024-07-01", action="suspended", announced_on="2024-06-18"
)


def watching(wanted: Filter = EC_CN, *options: Any, opened: int = 0) -> Watch:
    return Watch("s1", "c1", wanted, options, opened)


def alerts(*events: Event, by: Watch | None = None, compared: bool = True) -> list[Owed]:
    """What the last event makes owed to one subscription, the others being known before."""
    index = Index()
    index.open(by or watching())
    last = recorded(len(events), events[-1])
    rows = tuple(facts(*events)) if compared else ()
    touched = tuple(r for r in rows if last.position in (r.known_from, r.known_to))
    return owed(last, index, Rules(touched, rows, compared))


def reason(*events: Event, by: Watch | None = None, compared: bool = True) -> Reason:
    """The only reason of the only alert."""
    (alert,) = alerts(*events, by=by, compared=compared)
    (only,) = alert.matched.reasons
    return only


def test_a_change_says_before_after_and_the_notice_given() -> None:
    assert reason(VISA_FREE, SUSPENDED) == Reason(
        kind="change",
        key=Cell("EC", "CN"),
        before="visa-free",
        after="visa-free-suspended",
        on="2024-07-01",
        announced_on="2024-06-18",
        days_of_notice=13,
        direction="tighter",
        severity=4,
    )


def test_the_id_of_an_alert_follows_from_subscription_and_event() -> None:
    first, again = alerts(VISA_FREE, SUSPENDED)[0], alerts(VISA_FREE, SUSPENDED)[0]
    assert first.id == again.id
    assert first.id.version == 8


def test_a_second_report_of_the_same_change_is_silent() -> None:
    assert alerts(VISA_FREE, SUSPENDED, SUSPENDED) == []


def test_what_is_learned_of_a_key_first_is_silent_unless_asked_for() -> None:
    assert alerts(VISA_FREE) == []
    first = reason(VISA_FREE, by=watching(EC_CN, "include-first-knowledge"))
    assert (first.before, first.after, first.on) == ("unknown", "visa-free", "2016-08-15")


def test_the_two_silent_reports_and_the_loud_one_of_the_seeds() -> None:
    seen = observation("visa-free", "2024-05-20")
    again = observation("visa-free", "2024-05-21")
    assert alerts(seen) == []
    assert alerts(seen, again) == []
    assert reason(seen, again, SUSPENDED).days_of_notice == 13
    assert alerts(seen, again, SUSPENDED, change("visa-free", "2016-08")) == []


def test_a_change_that_is_over_is_silent_unless_the_past_is_asked_for() -> None:
    over = change("entry-ban", "2020-03-01", effective_to="2020-09-30")
    assert alerts(VISA_FREE, over) == []
    past = reason(VISA_FREE, over, by=watching(EC_CN, "include-past"))
    assert (past.before, past.after, past.on) == ("visa-free", "entry-ban", "2020-03-01")


def test_a_change_learned_late_is_dated_by_its_own_beginning() -> None:
    late = change("visa-required", "2024-04-01")
    assert reason(VISA_FREE, late).on == "2024-04-01"


def test_an_inexact_date_is_given_as_its_source_wrote_it() -> None:
    inexact = change("visa-required", "2024-08", announced_on="2024-06-18")
    found = reason(VISA_FREE, inexact)
    assert (found.on, found.days_of_notice) == ("2024-08", None)


def test_a_change_without_a_date_alerts_once() -> None:
    undated = change("visa-required")
    found = reason(VISA_FREE, undated)
    assert (found.before, found.after, found.on) == ("visa-free", "visa-required", None)
    assert alerts(VISA_FREE, undated, undated) == []


def test_a_postponed_change_alerts_with_the_day_that_no_longer_holds() -> None:
    postponed = change(
        "visa-free-suspended", "2024-08-01", action="postponed",
        replaces=("00000000-0000-0000-0000-000000000002",),
    )  # fmt: skip
    found = reason(VISA_FREE, SUSPENDED, postponed)
    assert (found.before, found.after) == ("visa-free-suspended", "visa-free")
    assert found.on == "2024-07-01"


def test_an_observation_that_confirms_is_silent() -> None:
    assert alerts(VISA_FREE, observation("visa-free", "2024-06-20")) == []


def test_an_observation_that_differs_is_an_unannounced_change_once() -> None:
    differs = observation("visa-required", "2024-06-20")
    found = reason(VISA_FREE, differs)
    assert (found.kind, found.before, found.after) == ("unannounced", "visa-free", "visa-required")
    assert found.on == "2024-06-20"
    assert alerts(VISA_FREE, differs, observation("visa-required", "2024-06-21")) == []


def test_a_rejected_change_takes_its_alert_back() -> None:
    found = reason(VISA_FREE, SUSPENDED, rejection(2))
    assert (found.before, found.after) == ("visa-free-suspended", "visa-free")


@pytest.mark.parametrize("who", ["*", "ASEAN"])
def test_a_rule_for_many_is_judged_for_the_nationality_watched(who: str) -> None:
    """And the reason says through which name it came."""
    vietnamese = watching(Filter(destinations=("EC",), nationalities=("VN",)))
    before = change("visa-free", "2016-08-15", who)
    found = reason(before, change("visa-required", "2024-07-01", who), by=vietnamese)
    assert (found.key, found.via) == (Cell("EC", "VN"), who)


def test_a_later_rule_for_everybody_under_a_closer_one_is_silent() -> None:
    assert alerts(VISA_FREE, change("visa-required", "2024-07-01", "*")) == []


def test_a_rule_for_some_people_of_a_nationality_changes_no_key() -> None:
    officials = change("entry-ban", "2024-07-01", limits={"category": "officials"})
    assert alerts(VISA_FREE, officials) == []
    named = watching(Filter(types=("policy-changed",), destinations=("EC",)))
    assert reason(VISA_FREE, officials, by=named).kind == "fact"


def test_limits_are_and_between_fields_and_or_within_one() -> None:
    def hears(wanted: Filter) -> bool:
        return bool(alerts(VISA_FREE, SUSPENDED, by=watching(wanted)))

    assert hears(Filter(destinations=("PE", "EC")))
    assert hears(Filter(countries=("CN",)))
    assert hears(Filter(nationalities=("*",)))
    assert not hears(Filter(destinations=("EC",), nationalities=("VN",)))
    assert not hears(Filter(destinations=("EC",), metrics=("border-encounters",)))
    assert not hears(Filter(types=("statement-made",), destinations=("EC",)))


def test_other_events_alert_only_those_who_name_their_type() -> None:
    said = StatementMade(
        speaker="p1", said_on="2024-06-20", text="No.", verbatim="verbatim", country="EC"
    )
    assert alerts(said, by=watching(Filter(countries=("EC",)))) == []
    named = watching(Filter(types=("statement-made",), countries=("EC",)))
    assert reason(said, by=named) == Reason(kind="fact")


def test_who_subscribed_after_the_event_hears_nothing_of_it() -> None:
    assert alerts(VISA_FREE, SUSPENDED, by=watching(opened=2)) == []
    assert alerts(VISA_FREE, SUSPENDED, by=watching(opened=1))


def test_without_the_view_a_change_alerts_as_it_states_itself() -> None:
    found = reason(VISA_FREE, SUSPENDED, compared=False)
    assert (found.before, found.after, found.compared) == (None, "visa-free-suspended", False)
    assert (found.on, found.days_of_notice) == ("2024-07-01", 13)


def test_an_erased_event_alerts_nobody() -> None:
    index = Index()
    index.open(watching())
    assert owed(recorded(1, None), index, Rules()) == []


def test_a_correction_that_changes_state_alerts_as_a_correction() -> None:
    corrected = correction(2, change("visa-required", "2024-08-01", announced_on="2024-06-18"))
    found = reason(VISA_FREE, SUSPENDED, corrected)
    assert (found.kind, found.before, found.after) == (
        "correction", "visa-free-suspended", "visa-free",
    )  # fmt: skip
    assert (found.on, found.direction) == ("2024-07-01", "looser")


def test_a_retraction_takes_an_alert_back() -> None:
    found = reason(VISA_FREE, SUSPENDED, retraction(2))
    assert (found.kind, found.before, found.after) == (
        "correction", "visa-free-suspended", "visa-free",
    )  # fmt: skip


def test_what_corrects_or_bears_out_without_changing_state_alerts_nobody() -> None:
    reworded = change(
        "visa-free-suspended", "2024-07-01", announced_on="2024-06-18", action="suspended",
        note="Clearer.",
    )  # fmt: skip
    assert alerts(VISA_FREE, SUSPENDED, correction(2, reworded)) == []
    assert alerts(VISA_FREE, SUSPENDED, corroboration(2, "Ministry")) == []


def test_without_the_view_a_correction_alerts_as_it_states_itself() -> None:
    corrected = correction(2, change("visa-required", "2024-08-01", announced_on="2024-06-18"))
    found = reason(VISA_FREE, SUSPENDED, corrected, compared=False)
    assert (found.kind, found.after, found.on) == ("correction", "visa-required", "2024-08-01")
    assert not found.compared


def test_a_change_that_is_less_severe_or_goes_another_way_is_silent() -> None:
    def hears(**limits: Any) -> bool:
        wanted = msgspec.structs.replace(EC_CN, **limits)
        return bool(alerts(VISA_FREE, SUSPENDED, by=watching(wanted)))

    assert hears(min_severity=4)
    assert not hears(min_severity=5)
    assert hears(directions=("tighter", "looser"))
    assert not hears(directions=("looser",))


def test_the_day_of_a_change_reminds_unless_another_rule_decides_it() -> None:
    day = EffectiveDateReached(
        change=event_id(2), day="2024-07-01", policy=event_id(1), jurisdiction="EC", rule=True
    )

    def told(*before: Event) -> list[Owed]:
        index, last = Index(), recorded(len(before) + 1, day)
        index.open(watching())
        rows = tuple(facts(*before))
        begun = tuple(r for r in rows if r.event == day.change)
        return owed(last, index, Rules(begun, rows))

    (reminder,) = told(VISA_FREE, SUSPENDED)
    (why,) = reminder.matched.reasons
    assert (reminder.kind, reminder.about) == ("reminder", UUID(day.change))
    assert (why.kind, why.before, why.after, why.on, why.days_of_notice) == (
        "reminder", "visa-free", "visa-free-suspended", "2024-07-01", 13,
    )  # fmt: skip
    assert told(change("visa-free", "2016-08-15"), change("visa-required", "2024-07-01", "*")) == []


def test_whoever_was_told_hears_of_a_correction_that_changes_no_state() -> None:
    reworded = correction(2, msgspec.structs.replace(SUSPENDED, note="Clearer."))
    index, last = Index(), recorded(3, reworded)
    index.open(watching())
    told = Earlier(UUID(int=77), "s1", UUID(int=2), held=False)

    (update,) = owed(last, index, Rules(), [told])

    assert (update.kind, update.refers) == ("update", (UUID(int=77),))
    assert update.matched.reasons == (Reason(kind="correction"),)
    assert owed(last, index, Rules(), [msgspec.structs.replace(told, subscription="gone")]) == []
