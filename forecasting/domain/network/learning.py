"""How the network learns: AdamW with a warm-up and a cosine, a running mean of the weights, resumable at any step.

The loss is told in units of the meter's usual error, so that it is what the protocol scores: pinball loss of all
quantiles (Koenker and Bassett 1978), and the squared error (Huber's beyond a few units) of the mean they imply.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecasting.domain.errors import CannotLoad
from forecasting.domain.network import architecture
from forecasting.domain.network.lessons import Batch
from forecasting.domain.quantiles import QUANTILES, expected

Weights = list[Any]

SHARES = expected(pd.DataFrame(np.eye(len(QUANTILES)), columns=list(QUANTILES))).to_numpy()  # of each in the mean
_PINBALL, _SQUARED, _HUBER = 2.0, 0.5, 5.0
_MOST = 8.0  # the most that an error of one normalised unit counts
_MEMORY = 0.999  # of the running mean of the weights
_CLIP = 1.0


@dataclass(frozen=True)
class Plan:
    """How long, how fast, on what; `steps` fixes the cosine, so another number of steps is another training.

    `elsewhere` is the share of lessons that are told by a clock of another continent.
    """

    steps: int
    batch: int = 256
    rate: float = 2e-3
    decay: float = 0.01
    warm_up: int = 500
    seed: int = 0
    elsewhere: float = 0.1


@dataclass
class State:
    """Everything that the next step depends on."""

    step: int
    weights: Weights
    first: Weights
    second: Weights
    mean: Weights

    @classmethod
    def begin(cls, seed: int) -> "State":
        """Fresh weights of a seed."""
        architecture.use_jax()
        import keras

        keras.utils.set_random_seed(seed)
        weights = [np.asarray(variable) for variable in architecture.build().trainable_variables]
        zeros = [np.zeros_like(weight) for weight in weights]
        return cls(0, weights, zeros, [zero.copy() for zero in zeros], [weight.copy() for weight in weights])

    def save(self, path: Path) -> None:
        """Write beside and move into place at once: a kill leaves the old file or the new one."""
        named = {
            f"{name}_{number:03d}": np.asarray(array)
            for name in ("weights", "first", "second", "mean")
            for number, array in enumerate(getattr(self, name))
        }
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            np.savez(file, step=self.step, allow_pickle=False, **named)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)

    @classmethod
    def open(cls, path: Path) -> "State":
        """What `save` wrote; raises CannotLoad with a sentence."""
        try:
            with np.load(path, allow_pickle=False) as kept:
                parts = [
                    [kept[key] for key in sorted(kept.files) if key.startswith(f"{name}_")]
                    for name in ("weights", "first", "second", "mean")
                ]
                return cls(int(kept["step"]), *parts)
        except (OSError, ValueError, KeyError) as error:
            raise CannotLoad(f"The checkpoint {path} cannot be read; start again without --resume.") from error


@lru_cache(maxsize=2)
def compiled(plan: Plan) -> Callable[..., Any]:
    """`one_step` of a plan, compiled once."""
    import jax

    step: Callable[..., Any] = jax.jit(partial(one_step, loss_of(), plan))
    return step


def learn(
    state: State,
    step: Callable[..., Any],
    lesson: Callable[[int], Batch],
    *,
    until: int,
    after: Callable[[State, float], bool],
) -> State:
    """Go on to step number `until`, calling `after(state, loss)` at each; where that says False, stop there."""
    with ThreadPoolExecutor(1) as ahead:
        coming = [ahead.submit(lesson, number) for number in range(state.step, min(state.step + 3, until))]
        while state.step < until:
            given = coming.pop(0).result()
            if state.step + 3 < until:
                coming.append(ahead.submit(lesson, state.step + 3))
            parts, loss = step((state.weights, state.first, state.second, state.mean), state.step, arrays_of(given))
            state = State(state.step + 1, *parts)
            if not after(state, float(loss)):
                break
        for one in coming:
            one.cancel()
    return state


def forward() -> Callable[[Weights, tuple[Any, ...]], Any]:
    """The network as a pure function of weights and tensors."""
    network = architecture.build()
    rest = [variable.value for variable in network.non_trainable_variables]
    return lambda weights, tensors: network.stateless_call(weights, rest, list(tensors))[0]


def arrays_of(given: Batch) -> tuple[Any, ...]:
    """A batch as the loss takes it: unknown hours are told by a mask."""
    came = (np.nan_to_num(given.truth), np.isfinite(given.truth))
    return (given.inputs.tensors, *came, given.usual, given.floor)


def loss_of() -> Callable[[Weights, Any], Any]:
    """The loss as a function of all weights and `arrays_of` a batch."""
    from jax import numpy as jnp

    answer = forward()
    levels, shares = np.array(QUANTILES, dtype=np.float32), SHARES.astype(np.float32)

    def loss(weights: Weights, arrays: Any) -> Any:
        tensors, truth, there, usual, floor = arrays
        weight = jnp.minimum(1 / usual, _MOST)[:, None]
        quantiles = jnp.maximum(answer(weights, tensors), floor[:, None, None])
        gap = (truth[..., None] - quantiles) * weight[..., None]
        pinball = jnp.maximum(levels * gap, (levels - 1) * gap).mean(axis=-1)
        wrong = jnp.abs((truth - quantiles @ shares) * weight)
        squared = jnp.where(wrong < _HUBER, wrong**2, _HUBER * (2 * wrong - _HUBER))
        return ((_PINBALL * pinball + _SQUARED * squared) * there).sum() / there.sum()

    return loss


def one_step(loss: Callable[[Weights, Any], Any], plan: Plan, parts: Any, step: Any, arrays: Any) -> Any:
    """One step of AdamW (Loshchilov and Hutter 2019): the next parts of a State, and the loss before it."""
    import jax
    from jax import numpy as jnp

    weights, first, second, mean = parts
    value, slope = jax.value_and_grad(loss)(weights, arrays)
    size = jnp.sqrt(sum((one**2).sum() for one in slope))
    slope = [one * jnp.minimum(1.0, _CLIP / (size + 1e-9)) for one in slope]
    count = step + 1.0
    progress = jnp.clip((count - plan.warm_up) / max(plan.steps - plan.warm_up, 1), 0.0, 1.0)
    rate = plan.rate * jnp.minimum(1.0, count / plan.warm_up) * (0.01 + 0.99 * (1 + jnp.cos(jnp.pi * progress)) / 2)
    first = [0.9 * old + 0.1 * new for old, new in zip(first, slope, strict=True)]
    second = [0.999 * old + 0.001 * new**2 for old, new in zip(second, slope, strict=True)]
    moved = []
    for weight, one, two in zip(weights, first, second, strict=True):
        towards = (one / (1 - 0.9**count)) / (jnp.sqrt(two / (1 - 0.999**count)) + 1e-8)
        shrink = plan.decay * weight if weight.ndim >= 2 else 0.0
        moved.append(weight - rate * (towards + shrink))
    memory = jnp.minimum(_MEMORY, count / (count + 10))
    mean = [memory * old + (1 - memory) * new for old, new in zip(mean, moved, strict=True)]
    return (moved, first, second, mean), value
