"""Bills against sums worked by hand, to the coin. Each test's docstring is the sum."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meters.domain.billing import CannotBill, bill_of, needed_from
from meters.domain.bills import Bill
from meters.domain.carbon import CarbonFactor, carbon_kg
from meters.domain.energy_pieces import Pieces, cut
from meters.domain.tariff import Demand, Fixed, Rate, Slab, Tax, Version
from meters.domain.windows import Window

D = Decimal
PARIS, KOLKATA, LORD_HOWE = "Europe/Paris", "Asia/Kolkata", "Australia/Lord_Howe"
FLAT = Version("Flat", date(2025, 1, 1), "EUR", rates=(Rate("All hours", D("0.25")),))
NIGHT = (Rate("Night", D("0.10"), Window(begins=time(22), ends=time(6))), Rate("Day", D("0.30")))


def readings(
    zone: str, first: date, after: date, *, kw: float | Callable[[datetime], float] = 1.0, step_s: int = 3600
) -> Pieces:
    """Readings of local days `[first, after)` on the UTC grid of the step; `kw` may look at the local start."""
    begins, ends = (datetime.combine(day, time(0), tzinfo=ZoneInfo(zone)).timestamp() for day in (first, after))
    starts = np.arange(int(begins // step_s) * step_s, int(ends), step_s)
    local = [datetime.fromtimestamp(int(start), ZoneInfo(zone)) for start in starts]
    power = [kw(one) if callable(kw) else kw for one in local]
    rows = pd.DataFrame({"start_s": starts, "length_s": step_s, "kwh": np.array(power) * step_s / 3600})
    return cut(rows.assign(estimated=False), zone=zone, holidays=frozenset({date(2025, 5, 1)}))


def bill(pieces: Pieces, *versions: Version, first: date, after: date, zone: str = PARIS) -> Bill:
    """The bill of a period that is over."""
    begins, ends = (datetime.combine(day, time(0), tzinfo=ZoneInfo(zone)).timestamp() for day in (first, after))
    return bill_of(pieces, versions, first=first, after=after, elapsed_s=ends - begins, zone=zone)


def amounts(made: Bill) -> dict[str, Decimal]:
    """The lines by name."""
    return {line.name: line.amount for line in made.lines}


def test_flat_with_a_fixed_charge_and_two_taxes_to_the_cent() -> None:
    """April 2025, 30 days of 24 h at 0.5 kW: 360 kWh.

    Energy 360 x 0.2137 = 76.932 -> 76.93. Fixed 12.60 for the month. Levy 0.0205 x 360 = 7.38. VAT 20 % of
    energy + fixed + levy = 96.91 x 0.2 = 19.382 -> 19.38. Total 76.93 + 12.60 + 7.38 + 19.38 = 116.29.
    """
    version = Version(
        "Flat",
        date(2025, 1, 1),
        "EUR",
        rates=(Rate("All hours", D("0.2137")),),
        fixed=(Fixed("Subscription", D("12.60"), "month"),),
        taxes=(Tax("Levy", per_kwh=D("0.0205")), Tax("VAT", percent=D(20), base="all")),
    )
    span = (date(2025, 4, 1), date(2025, 5, 1))
    made = bill(readings(PARIS, *span, kw=0.5), version, first=span[0], after=span[1])
    assert amounts(made) == {
        "All hours": D("76.93"),
        "Subscription": D("12.60"),
        "Levy": D("7.38"),
        "VAT": D("19.38"),
    }
    assert (made.total, made.energy_kwh, made.measured) == (D("116.29"), D("360.0"), 1.0)
    assert (made.of("energy"), made.of("tax")) == (D("76.93"), D("26.76"))


def test_half_a_cent_is_rounded_up() -> None:
    """One day at 1 kW, 24 kWh x 0.046875 = 1.125 -> 1.13; rounding to the even coin would give 1.12."""
    span = (date(2025, 4, 1), date(2025, 4, 2))
    version = Version("Flat", date(2025, 1, 1), "EUR", rates=(Rate("All", D("0.046875")),))
    assert bill(readings(PARIS, *span), version, first=span[0], after=span[1]).total == D("1.13")


@pytest.mark.parametrize(
    ("day", "night_h", "day_h", "total"),
    [
        (date(2025, 3, 30), 7, 16, D("5.50")),  # 02:00 to 03:00 is not there: 23 h
        (date(2025, 10, 26), 9, 16, D("5.70")),  # 02:00 to 03:00 comes twice: 25 h
        (date(2025, 6, 1), 8, 16, D("5.60")),
    ],
)
def test_hours_by_time_of_use_on_days_of_23_24_and_25_hours(
    day: date, night_h: int, day_h: int, total: Decimal
) -> None:
    """1 kW all day: night (22:00 to 06:00) 7, 8 or 9 kWh x 0.10, day 16 kWh x 0.30 = 4.80."""
    after = day + timedelta(days=1)
    made = bill(
        readings(PARIS, day, after), Version("TOU", date(2025, 1, 1), "EUR", rates=NIGHT), first=day, after=after
    )
    quantities = {line.name: line.quantity for line in made.lines}
    assert quantities == {"Night": D(night_h), "Day": D(day_h)}
    assert made.total == total
    assert made.measured == 1.0


def test_lord_howes_half_hour_of_clock_change_is_half_a_kilowatt_hour() -> None:
    """2025-04-06, 24.5 h long: the hours from 01:30 to 02:00 come twice. Night 8.5 kWh x 0.10, day 16 x 0.30."""
    day, after = date(2025, 4, 6), date(2025, 4, 7)
    tariff = Version("TOU", date(2025, 1, 1), "AUD", rates=NIGHT)
    made = bill(readings(LORD_HOWE, day, after, step_s=1800), tariff, first=day, after=after, zone=LORD_HOWE)
    assert made.total == D("0.85") + D("4.80")


def test_slabs_run_through_the_month_and_begin_again_in_the_next() -> None:
    """28 April to 3 May 2025 at 2 kW (48 kWh a day), slabs 0 to 1300 at 0.10, above at 0.20; April billed from the 1st.

    April 1 to 27 used 27 x 48 = 1296 kWh, so of the 144 kWh of 28 to 30 April 4 are cheap and 140 dear:
    0.40 + 28.00. May begins anew: 96 kWh x 0.10 = 9.60. Together 38.00.
    """
    version = Version(
        "Slabs", date(2025, 1, 1), "EUR", slabs=(Slab("Base", D(0), D("0.10")), Slab("Above", D(1300), D("0.20")))
    )
    first, after = date(2025, 4, 28), date(2025, 5, 3)
    assert needed_from([version], first, after) == date(2025, 4, 1)
    made = bill(readings(PARIS, date(2025, 4, 1), after, kw=2.0), version, first=first, after=after)
    assert [(line.name, line.month.month, line.amount) for line in made.lines] == [
        ("Base", 4, D("0.40")),
        ("Above", 4, D("28.00")),
        ("Base", 5, D("9.60")),
    ]
    assert made.total == D("38.00")


def test_an_indian_domestic_bill_with_slabs_duty_and_sanctioned_load_at_half_past_five() -> None:
    """June 2025 in Pune, hourly readings on UTC hours (local :30), 0.5 kW: 360 kWh.

    Slabs: 100 x 4.71 = 471.00; 200 x 10.29 = 2058.00; 60 x 14.55 = 873.00; energy 3402.00.
    Fixed 15 per kW of the 5 kW sanctioned = 75.00. Wheeling 1.17 x 360 = 421.20 (a levy per kWh).
    Duty 16 % of all above: 3898.20 x 0.16 = 623.712 -> 623.71. Total 4521.91.
    """
    version = Version(
        "LT I(B)",
        date(2025, 4, 1),
        "INR",
        slabs=(Slab("to 100", D(0), D("4.71")), Slab("to 300", D(100), D("10.29")), Slab("to 500", D(300), D("14.55"))),
        fixed=(Fixed("Fixed", D(15), "kw_month"),),
        taxes=(Tax("Wheeling", per_kwh=D("1.17")), Tax("Duty", percent=D(16), base="all")),
        sanctioned_load_kw=D(5),
    )
    first, after = date(2025, 6, 1), date(2025, 7, 1)
    made = bill(readings(KOLKATA, first, after, kw=0.5), version, first=first, after=after, zone=KOLKATA)
    assert made.energy_kwh == D(360)
    assert amounts(made) == {
        "to 100": D("471.00"),
        "to 300": D("2058.00"),
        "to 500": D("873.00"),
        "Fixed": D("75.00"),
        "Wheeling": D("421.20"),
        "Duty": D("623.71"),
    }
    assert made.total == D("4521.91")


def test_an_hourly_reading_at_half_past_is_split_between_two_windows() -> None:
    """One day in Kolkata; 1 kW, peak 18:00 to 22:00: 4 kWh x 10 although no reading begins on a local hour."""
    version = Version(
        "TOD",
        date(2025, 1, 1),
        "INR",
        rates=(Rate("Peak", D(10), Window(begins=time(18), ends=time(22))), Rate("Else", D(5))),
    )
    day = date(2025, 6, 2)
    made = bill(readings(KOLKATA, day, date(2025, 6, 3)), version, first=day, after=date(2025, 6, 3), zone=KOLKATA)
    assert amounts(made) == {"Peak": D("40.00"), "Else": D("100.00")}


def test_a_new_version_in_mid_month_prices_only_what_comes_after_it() -> None:
    """April 2025 at 1 kW; from the 16th 0.30 instead of 0.25 and 15 a month instead of 12.

    15 days x 24 x 0.25 = 90.00; 360 x 0.30 = 108.00. Fixed 12 x 15/30 = 6.00 and 15 x 15/30 = 7.50. Total 211.50.
    """
    old = Version(
        "Old", date(2025, 1, 1), "EUR", rates=(Rate("All", D("0.25")),), fixed=(Fixed("Fixed", D(12), "month"),)
    )
    new = Version(
        "New", date(2025, 4, 16), "EUR", rates=(Rate("All", D("0.30")),), fixed=(Fixed("Fixed", D(15), "month"),)
    )
    first, after = date(2025, 4, 1), date(2025, 5, 1)
    made = bill(readings(PARIS, first, after), old, new, first=first, after=after)
    assert [(line.name, line.valid_from, line.amount) for line in made.lines] == [
        ("All", old.valid_from, D("90.00")),
        ("Fixed", old.valid_from, D("6.00")),
        ("All", new.valid_from, D("108.00")),
        ("Fixed", new.valid_from, D("7.50")),
    ]
    assert made.total == D("211.50")


def test_slabs_go_on_counting_across_a_new_version() -> None:
    """April at 1 kW: 360 kWh by the 15th. The slab at 500 kWh is reached under the new version.

    Old: 360 x 0.10 = 36.00. New: 140 x 0.20 = 28.00, 220 x 0.40 = 88.00.
    """
    old = Version("Old", date(2025, 1, 1), "EUR", slabs=(Slab("Low", D(0), D("0.10")), Slab("High", D(500), D("0.30"))))
    new = Version(
        "New", date(2025, 4, 16), "EUR", slabs=(Slab("Low", D(0), D("0.20")), Slab("High", D(500), D("0.40")))
    )
    first, after = date(2025, 4, 1), date(2025, 5, 1)
    made = bill(readings(PARIS, first, after), old, new, first=first, after=after)
    assert [line.amount for line in made.lines] == [D("36.00"), D("28.00"), D("88.00")]


def peaky(at: datetime) -> float:
    """1 kW, 7.2 kW in the first half of one evening hour, 12 kW on an evening of the month before."""
    if (at.day, at.hour) == (10, 19) and at.minute < 30:
        return {3: 12.0, 4: 7.2}.get(at.month, 1.0)
    return 1.0


def test_demand_is_the_highest_half_hour_of_the_month() -> None:
    """April: 7.2 kW x 6.50 = 46.80; by hours of the clock it would be (7.2 + 1) / 2 = 4.1 kW x 6.50 = 26.65."""
    first, after = date(2025, 4, 1), date(2025, 5, 1)
    pieces = readings(PARIS, first, after, kw=peaky, step_s=900)
    half = Version("D", date(2025, 1, 1), "EUR", demands=(Demand("Demand", D("6.50"), 30),))
    made = bill(pieces, half, first=first, after=after)
    assert [(line.quantity, line.amount, line.detail) for line in made.lines] == [
        (D("7.2"), D("46.80"), "10 Apr, 19:00")
    ]
    hour = Version("D", date(2025, 1, 1), "EUR", demands=(Demand("Demand", D("6.50"), 60),))
    assert bill(pieces, hour, first=first, after=after).total == D("26.65")


def test_a_ratchet_bills_a_share_of_an_earlier_months_peak_and_a_minimum_a_share_of_the_sanctioned_load() -> None:
    """80 % of March's 12 kW is 9.6 kW x 6.50 = 62.40, more than April's 7.2 kW. 75 % of 20 kW: 15 x 6.50 = 97.50."""
    first, after = date(2025, 4, 1), date(2025, 5, 1)
    pieces = readings(PARIS, date(2025, 3, 1), after, kw=peaky, step_s=900)
    ratchet = Demand("Demand", D("6.50"), 30, ratchet_pct=D(80), ratchet_months=11)
    version = Version("D", date(2025, 1, 1), "EUR", demands=(ratchet,))
    assert needed_from([version], first, after) == date(2024, 5, 1)
    made = bill(pieces, version, first=first, after=after)
    assert (made.total, made.lines[0].detail) == (D("62.40"), "80 % of 12.0 kW on 10 Mar 2025")
    least = Demand("Demand", D("6.50"), 30, least_pct=D(75))
    asked = Version("D", date(2025, 1, 1), "EUR", demands=(least,), sanctioned_load_kw=D(20))
    assert bill(pieces, asked, first=first, after=after).total == D("97.50")


def test_weekends_holidays_and_seasons_have_their_own_windows() -> None:
    """1 May 2025 is a Thursday and a holiday: 24 x 0.05 = 1.20. Friday 2 May: 24 x 0.20 = 4.80. Saturday: 24 x 0.05.

    From October to March, over the turn of the year, workdays cost 0.40: 2 January 2025, 24 x 0.40 = 9.60.
    """
    rates = (
        Rate("Free days", D("0.05"), Window(days="67H")),
        Rate("Winter", D("0.40"), Window(days="12345", season=((10, 1), (3, 31)))),
        Rate("Summer", D("0.20"), Window(days="12345")),
    )
    version = Version("W", date(2024, 1, 1), "EUR", rates=rates)
    assert version.problems() == []
    totals = []
    for day in (date(2025, 5, 1), date(2025, 5, 2), date(2025, 5, 3), date(2025, 1, 2)):
        after = day + timedelta(days=1)
        totals.append(bill(readings(PARIS, day, after), version, first=day, after=after).total)
    assert totals == [D("1.20"), D("4.80"), D("1.20"), D("9.60")]


def test_what_was_not_measured_is_told_and_not_made_up() -> None:
    """30 days of April, of which 6 hours of the 5th are missing: 714 of 720 h; 714 x 0.25 = 178.50."""
    first, after = date(2025, 4, 1), date(2025, 5, 1)
    whole = readings(PARIS, first, after, kw=lambda at: float("nan") if at.day == 5 and at.hour < 6 else 1.0)
    made = bill(whole, FLAT, first=first, after=after)
    assert (made.total, made.energy_kwh) == (D("178.50"), D(714))
    assert made.measured == pytest.approx(714 / 720)


def test_energy_before_the_first_tariff_is_measured_but_not_priced() -> None:
    """20 to 30 April with a tariff from the 26th: 6 days x 24 = 144 kWh without a price, 5 x 24 x 0.25 = 30.00."""
    version = Version("Flat", date(2025, 4, 26), "EUR", rates=(Rate("All", D("0.25")),))
    first, after = date(2025, 4, 20), date(2025, 5, 1)
    made = bill(readings(PARIS, first, after), version, first=first, after=after)
    assert (made.total, made.unpriced_kwh) == (D("30.00"), D(144))
    assert made.notes == ["No tariff was in force for 144.000 kWh; they are not priced."]


def test_a_change_of_currency_and_a_tariff_with_a_hole_cannot_be_billed() -> None:
    first, after = date(2025, 4, 1), date(2025, 5, 1)
    pieces = readings(PARIS, first, after)
    with pytest.raises(CannotBill, match="EUR, INR"):
        bill(pieces, FLAT, Version("R", date(2025, 4, 3), "INR"), first=first, after=after)
    hole = Version("Hole", date(2025, 1, 1), "EUR", rates=(Rate("Night", D(1), Window(begins=time(22), ends=time(6))),))
    with pytest.raises(CannotBill, match="No rate holds at 06:00 of Monday in January"):
        bill(pieces, hole, first=first, after=after)


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (Version("S", date(2025, 1, 1), "EUR", slabs=(Slab("x", D(5), D(1)),)), "begins above 0 kWh"),
        (Version("S", date(2025, 1, 1), "EUR", slabs=(Slab("x", D(0), D(1)), Slab("y", D(0), D(2)))), "same energy"),
        (Version("S", date(2025, 1, 1), "EUR", fixed=(Fixed("x", D(5), "kw_month"),)), "sanctioned load"),
        (Version("S", date(2025, 1, 1), "EUR", rates=(Rate("x", D(1), Window(days="123456H")),)), "Sunday"),
    ],
)
def test_a_tariff_that_cannot_be_counted_says_why(version: Version, said: str) -> None:
    assert said in version.problems()[0]


def test_a_reading_that_says_an_hour_again_is_not_billed_twice() -> None:
    rows = pd.DataFrame(
        {"start_s": [0, 900, 3600], "length_s": [3600, 900, 3600], "kwh": [1.0, 0.25, 1.0], "estimated": False}
    )
    assert cut(rows, zone="UTC", holidays=frozenset()).kwh.sum() == pytest.approx(2.0)


def test_carbon_follows_one_factor_or_the_hours_of_the_day() -> None:
    """1 kW for a day: 24 x 0.4 = 9.6 kg; by hours 0.1 kg at night (22:00 to 06:00) and 0.5 by day: 0.8 + 8.0."""
    first, after = date(2025, 6, 1), date(2025, 6, 3)
    pieces = readings(PARIS, first, after)
    hours = tuple(0.1 if hour >= 22 or hour < 6 else 0.5 for hour in range(24))
    factors = [CarbonFactor(date(2025, 1, 1), (0.4,)), CarbonFactor(date(2025, 6, 2), hours)]
    assert carbon_kg(pieces, factors, first=first, after=after) == pytest.approx(9.6 + 8.8)
    assert carbon_kg(pieces, factors[1:], first=first, after=after) is None


@given(split=st.integers(1, 29), zone=st.sampled_from([PARIS, KOLKATA, LORD_HOWE]), month=st.sampled_from([3, 4, 10]))
@settings(max_examples=15, deadline=None)
def test_two_bills_that_touch_are_the_bill_of_both(split: int, zone: str, month: int) -> None:
    """Energy, slabs and fixed charges by days add up, but for one coin of rounding a line."""
    first, after = date(2025, month, 1), date(2025, month + 1, 1)
    middle = first + timedelta(days=split)
    version = Version(
        "All",
        date(2025, 1, 1),
        "EUR",
        rates=NIGHT,
        slabs=(Slab("Low", D(0), D("0.01")), Slab("High", D(400), D("0.02"))),
        fixed=(Fixed("Day", D("0.4"), "day"), Fixed("Month", D(9), "month")),
    )
    pieces = readings(zone, first, after)
    whole = bill(pieces, version, first=first, after=after, zone=zone)
    parts = [bill(pieces, version, first=a, after=b, zone=zone) for a, b in ((first, middle), (middle, after))]
    assert sum((part.energy_kwh for part in parts), D(0)) == whole.energy_kwh
    assert abs(sum((part.total for part in parts), D(0)) - whole.total) <= D("0.01") * 6
