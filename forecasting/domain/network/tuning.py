"""Fine-tuning: the last two layers go on learning on one meter's own days, a little."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from forecasting.domain.network import learning
from forecasting.domain.network.inputs import Inputs
from forecasting.domain.network.lessons import Batch

if TYPE_CHECKING:
    from forecasting.domain.network.machine import Machine

F32 = NDArray[np.float32]

DAYS = 400  # at most this many of the meter's last days are looked at, the last of them to calibrate
LEAST_DAYS = 28
LAST_ARRAYS = 4  # kernel and bias of the layers "deep" and "answer"
_FILE = "own.npz"
_RATE, _BATCH = 1e-3, 64


@dataclass(frozen=True, eq=False)
class Own:
    """A meter's own version of the last arrays of the network."""

    arrays: tuple[Any, ...]

    def weights(self, machine: "Machine") -> list[Any]:
        """All weights of the network, the last ones the meter's own."""
        return [*machine.shipped[: -len(self.arrays)], *self.arrays]

    def save(self, folder: Path) -> None:
        """Beside the calibration."""
        np.savez(
            folder / _FILE,
            allow_pickle=False,
            **{f"w{number}": np.asarray(one) for number, one in enumerate(self.arrays)},
        )

    @classmethod
    def read(cls, folder: Path) -> "Own | None":
        """What `save` wrote, or None; raises ValueError, OSError or KeyError for a damaged file."""
        if not (folder / _FILE).exists():
            return None
        with np.load(folder / _FILE, allow_pickle=False) as kept:
            return cls(tuple(kept[key] for key in sorted(kept.files)))


def tuned(machine: "Machine", inputs: Inputs, came_kw: F32, steps: int, seed: int) -> Own:
    """Learn from what came (n, BLOCK); the same loss as in training, in units of what the untuned network errs."""
    import jax

    truth = ((came_kw - inputs.centre[:, None]) / inputs.scale[:, None]).astype(np.float32)
    wrong = (truth - machine.answer(inputs) @ learning.SHARES) * inputs.scale[:, None]
    usual = np.sqrt(np.nanmean(wrong**2)) / inputs.scale
    floor = -inputs.centre / inputs.scale if np.nanmin(came_kw) >= 0 else np.full(len(truth), -np.inf)
    shared, last = machine.shipped[:-LAST_ARRAYS], machine.shipped[-LAST_ARRAYS:]
    loss = learning.loss_of()
    plan = learning.Plan(steps, _BATCH, _RATE, warm_up=max(1, steps // 10), seed=seed)
    step = jax.jit(partial(learning.one_step, lambda own, arrays: loss([*shared, *own], arrays), plan))
    draw = np.random.default_rng([seed, len(truth)])
    zeros = [np.zeros_like(one) for one in last]
    parts = (last, zeros, zeros, last)
    for number in range(steps):
        some = draw.integers(0, len(truth), _BATCH)
        given = Batch(inputs.some(some), truth[some], usual[some].astype(np.float32), floor[some].astype(np.float32))
        parts, _ = step(parts, number, learning.arrays_of(given))
    return Own(tuple(np.asarray(one) for one in parts[3]))
