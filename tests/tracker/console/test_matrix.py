"""The matrix of a page, and what of it differs from that of now."""

from projections.matrix import Matrix
from tracker.console.matrix import compare

REGIMES = ("unknown", "visa-free", "visa-required")


def test_cells_that_differ_from_now_are_named_also_where_a_country_was_not_there_yet() -> None:
    then = Matrix(("EC",), ("CN", "PE"), REGIMES, ((1, 2),))
    now = Matrix(("EC", "KE"), ("CN",), REGIMES, ((2,), (1,)))
    compared = compare(then, now)
    assert compared.shown == {("EC", "CN"): "visa-free", ("EC", "PE"): "visa-required"}
    assert compared.moved == {
        ("EC", "CN"): "visa-required",
        ("EC", "PE"): "unknown",
        ("KE", "CN"): "visa-free",
    }


def test_a_cell_shows_what_holds_now_only_where_that_is_something_else() -> None:
    then = Matrix(("EC",), ("CN", "PE"), REGIMES, ((1, 2),))
    now = Matrix(("EC",), ("CN", "PE"), REGIMES, ((2, 2),))
    compared = compare(then, now)
    changed, same = compared.square(("EC", "CN")), compared.square(("EC", "PE"))
    assert (changed.look.label, changed.now and changed.now.label) == (
        "Visa-free",
        "Visa required",
    )
    assert same.now is None
    assert compared.square(("EC", "FR")).look.label == "Unknown"
