"""The network with its weights in it, ready to be asked: loaded once for each process, compiled for a few sizes."""

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forecasting.domain.errors import CannotLoad
from forecasting.domain.network import weights
from forecasting.domain.network.inputs import Inputs
from forecasting.domain.network.weights import Weights

F32 = NDArray[np.float32]

SIZES = (1, 32, 256)  # of a batch: another size would be compiled anew, which takes a second


class Machine:
    """Shapes and compiled code are shared; `answer` may be asked with other weights (a meter's own)."""

    def __init__(self, shipped: list[Weights]) -> None:
        import jax

        from forecasting.domain.network import learning

        self.shipped = [[jax.numpy.asarray(one) for one in member] for member in shipped]
        self._run = jax.jit(learning.forward())

    def answer(self, inputs: Inputs, own: list[Weights] | None = None) -> F32:
        """Normalised quantiles (n, BLOCK, levels), never crossing: the mean of the members'."""
        count, found = len(inputs.scale), []
        for first in range(0, count, SIZES[-1]):
            part = [tensor[first : first + SIZES[-1]] for tensor in inputs.tensors]
            size = next(size for size in SIZES if size >= len(part[0]))
            padded = [np.pad(one, [(0, size - len(one)), *[(0, 0)] * (one.ndim - 1)]) for one in part]
            each = [np.asarray(self._run(member, tuple(padded)))[: len(part[0])] for member in own or self.shipped]
            found.append(np.mean(each, axis=0, dtype=np.float32))
        return np.concatenate(found)


@lru_cache(maxsize=4)
def machine(folder: Path) -> Machine:
    """The network with the weights of a folder; raises CannotLoad with a sentence."""
    read = weights.read(folder)
    try:
        return _fitting(read)
    except ImportError as error:
        raise CannotLoad(f"The network needs keras and jax, which are not installed here ({error}).") from error


def _fitting(read: list[Weights]) -> Machine:
    from forecasting.domain.network import architecture

    wanted = [tuple(variable.shape) for variable in architecture.build().trainable_variables]
    if any(wanted != [one.shape for one in member] for member in read):
        raise CannotLoad(
            "The network's weights are of another architecture than this version's; install the twin again or run "
            "train_cnn_lstm."
        )
    return Machine(read)
