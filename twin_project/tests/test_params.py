"""Parameters are read from strings, checked all at once, and kept as JSON."""

from dataclasses import dataclass
from datetime import date

import pytest

from twin_project.kit.params import BadParams, describe, dump, param, read


@dataclass(frozen=True)
class Params:
    trees: int = param(200, "Trees", "More is steadier.", minimum=10, maximum=500)
    shift_c: float = param(0.0, "Shift", unit="°C", minimum=-10, maximum=10)
    shape: str = param("box", "Shape", choices=("box", "bell"))
    smart: bool = param(False, "Smart")
    day: date = param(date(2026, 1, 1), "Day")


def test_strings_become_typed_values_and_the_rest_keeps_its_default() -> None:
    assert read(Params, {"trees": "50", "smart": "yes", "day": "2026-02-03"}) == Params(
        trees=50, smart=True, day=date(2026, 2, 3)
    )


@pytest.mark.parametrize(
    ("name", "raw", "sentence"),
    [
        ("trees", "many", "must be a whole number, not 'many'."),
        ("trees", "5", "must be 10 or more, not 5."),
        ("shift_c", "60", "must be 10 °C or less, not 60."),
        ("shift_c", "nan", "must be a number, not NaN."),
        ("shape", "star", "must be one of box, bell, not 'star'."),
        ("smart", "perhaps", "must be yes or no, not 'perhaps'."),
        ("day", "3.2.2026", "must be a date like 2026-01-31, not '3.2.2026'."),
        ("colour", "red", "is unknown; known are: trees, shift_c, shape, smart, day."),
    ],
)
def test_each_wrong_value_is_a_sentence(name: str, raw: str, sentence: str) -> None:
    with pytest.raises(BadParams) as caught:
        read(Params, {name: raw})
    assert caught.value.errors == {name: sentence}


def test_all_wrong_values_are_named_at_once() -> None:
    with pytest.raises(BadParams) as caught:
        read(Params, {"trees": "5", "shape": "star"})
    assert set(caught.value.errors) == {"trees", "shape"}


def test_what_is_kept_is_read_back() -> None:
    given = Params(trees=77, shift_c=-2.5, day=date(2026, 3, 29))
    assert read(Params, dump(given)) == given


def test_a_form_learns_label_unit_and_bounds() -> None:
    shift = describe(Params)[1]
    assert (shift.label, shift.unit, shift.minimum, shift.kind) == ("Shift", "°C", -10, float)
