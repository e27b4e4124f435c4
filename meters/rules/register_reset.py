"""A register that went back.

Source: VEE standard, section A, "meter reading check": a register only counts up. A fall that is no roll-over and has
no exchange on record is a reset or an exchange that nobody wrote down; what was used meanwhile is not known.
"""

import pandas as pd

from meters.domain.registers import Step, register_steps, steps_of_kind
from meters.domain.validation import Context, Doubt, Rule


class RegisterReset(Rule):
    """A fall of the register."""

    title = "Register reset"
    summary = "A register that fell, with neither a roll-over nor a recorded exchange to explain it."
    quarantines = False

    def check(self, readings: pd.DataFrame, context: Context) -> list[Doubt]:
        """One doubt for each fall."""
        if context.register_reads is None:
            return []
        steps = register_steps(context.register_reads, context.exchanges)
        told = "{:,.1f} to {:,.1f} kWh: the register went back. Record the exchange if there was one."
        return [
            Doubt(row.start_at, row.end_at, row.after_kwh - row.before_kwh, told.format(row.before_kwh, row.after_kwh))
            for row in steps_of_kind(steps, Step.RESET)
        ]
