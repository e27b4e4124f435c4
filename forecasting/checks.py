"""What can be wrong with the forecaster plug-ins: a broken file is told here and stops nothing else."""

from typing import Any

from django.core.checks import CheckMessage, register
from django.core.checks import Warning as CheckWarning

from forecasting.registry import forecasters


@register()
def forecasters_can_serve(**_kwargs: Any) -> list[CheckMessage]:
    """One warning for each file of `forecasting/forecasters/` that gives no usable forecaster."""
    hint = "Mend or remove the file. Until then it cannot be trained or asked; all others can."
    return [
        CheckWarning(
            f"forecasting/forecasters/{key}.py is no usable forecaster: {reason}.", hint, id="forecasting.W001"
        )
        for key, reason in forecasters.broken().items()
    ]
