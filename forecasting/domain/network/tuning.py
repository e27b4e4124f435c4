"""Fine-tuning: the last two layers go on learning on one meter's own days, a little."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecasting.domain.network import learning, weights
from forecasting.domain.network.inputs import Inputs
from forecasting.domain.network.lessons import Batch
from forecasting.domain.network.weights import Weights

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
    """A meter's own version of the last arrays of each member of the network."""

    members: list[Weights]

    def weights(self, machine: "Machine") -> list[Weights]:
        """All weights of each member, the last ones the meter's own."""
        return [[*whole[:-LAST_ARRAYS], *own] for whole, own in zip(machine.shipped, self.members, strict=True)]

    def save(self, folder: Path) -> None:
        """Beside the calibration."""
        weights.write_arrays(folder / _FILE, self.members)

    @classmethod
    def read(cls, folder: Path) -> "Own | None":
        """What `save` wrote, or None; raises ValueError, OSError or KeyError for a damaged file."""
        return cls(weights.read_arrays(folder / _FILE)) if (folder / _FILE).exists() else None


def tuned(machine: "Machine", inputs: Inputs, came_kw: F32, steps: int, seed: int) -> Own:
    """Learn from what came (n, BLOCK); the same loss as in training, in units of what the untuned network errs."""
    truth = ((came_kw - inputs.centre[:, None]) / inputs.scale[:, None]).astype(np.float32)
    wrong = (truth - machine.answer(inputs) @ learning.SHARES) * inputs.scale[:, None]
    usual = (np.sqrt(np.nanmean(wrong**2)) / inputs.scale).astype(np.float32)
    zero = -inputs.centre / inputs.scale if np.nanmin(came_kw) >= 0 else np.full(len(truth), -np.inf)
    given = Batch(inputs, truth, usual, zero.astype(np.float32))
    plan = learning.Plan(steps, _BATCH, _RATE, warm_up=max(1, steps // 10), seed=seed)
    return Own([_member_tuned(member, given, plan) for member in machine.shipped])


def _member_tuned(member: Weights, given: Batch, plan: learning.Plan) -> Weights:
    import jax

    shared, last = member[:-LAST_ARRAYS], member[-LAST_ARRAYS:]
    loss = learning.loss_of()
    step = jax.jit(partial(learning.one_step, lambda own, arrays: loss([*shared, *own], arrays), plan))
    draw = np.random.default_rng([plan.seed, len(given.truth)])
    zeros = [np.zeros_like(one) for one in last]
    parts = (last, zeros, zeros, last)
    for number in range(plan.steps):
        some = draw.integers(0, len(given.truth), plan.batch)
        part = Batch(given.inputs.some(some), given.truth[some], given.usual[some], given.floor[some])
        parts, _ = step(parts, number, learning.arrays_of(part))
    return [np.asarray(one) for one in parts[3]]
