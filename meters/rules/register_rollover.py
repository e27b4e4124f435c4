"""A register that went past its last digit.

Source: VEE standard, section A, "pulse overflow check", and the register's own arithmetic: of five digits, 99,998 and
then 3 is 5 kWh. Nothing is wrong, and the energy is known; it is reported so that a person can look.
"""

import pandas as pd

from meters.domain.registers import Step, register_steps, steps_of_kind
from meters.domain.validation import Context, Doubt, Rule


class RegisterRollover(Rule):
    """From the top tenth of the register to its lowest."""

    title = "Register roll-over"
    summary = "A register that fell from near its last number to near zero."
    quarantines = False

    def check(self, readings: pd.DataFrame, context: Context) -> list[Doubt]:
        """Exchanges on record explain a fall and are none."""
        if context.register_reads is None:
            return []
        steps = register_steps(context.register_reads, context.exchanges)
        return [
            Doubt(
                row.start_at,
                row.end_at,
                row.energy_kwh,
                f"{row.before_kwh:,.0f} to {row.after_kwh:,.0f} kWh: rolled over.",
            )
            for row in steps_of_kind(steps, Step.ROLLOVER)
        ]
