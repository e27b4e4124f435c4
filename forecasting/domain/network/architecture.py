"""The network: convolutions and an LSTM over the past week, and a decoder for the 24 hours of a block.

Built from our code; only weights are ever read from a file. Keras is imported where it is used: this file is light.
"""

import os
from typing import Any

from forecasting.domain.network import inputs
from forecasting.domain.network.windows import BLOCK, CONTEXT
from forecasting.domain.quantiles import QUANTILES

PATCH_HOURS = 6
CONV, UNITS, WIDTH = 64, 64, 96
ABOVE = BELOW = len(QUANTILES) // 2


def use_jax() -> None:
    """Choose the backend; has to come before keras is first imported in a process."""
    os.environ["KERAS_BACKEND"] = "jax"


def build() -> Any:
    """The untrained network: its outputs are normalised quantiles (n, BLOCK, len(QUANTILES)), never crossing."""
    use_jax()
    import keras
    from keras import layers

    past = keras.Input((CONTEXT, inputs.PAST_COLUMNS), name="past")
    steps = keras.Input((BLOCK, inputs.STEP_COLUMNS), name="steps")
    week = keras.Input((inputs.WEEK_COLUMNS,), name="week")
    candidates = keras.Input((BLOCK, inputs.CANDIDATES), name="candidates")
    valid = keras.Input((BLOCK, inputs.CANDIDATES), name="valid")
    patches = layers.Conv1D(CONV, PATCH_HOURS, strides=PATCH_HOURS, activation="silu", name="patch")(past)
    halves = layers.Conv1D(CONV, 3, strides=2, padding="same", activation="silu", name="halves")(patches)
    memory = layers.LSTM(UNITS, name="memory")(halves)  # 14 half days: each step of it costs, so there are few
    summary = layers.Dense(WIDTH, activation="silu", name="summary")(layers.Concatenate()([memory, week]))
    told = layers.Dense(WIDTH, name="told")(steps)
    hidden = layers.Activation("silu")(told + layers.Reshape((1, WIDTH))(layers.Dense(WIDTH, name="spread")(summary)))
    hidden = hidden + layers.Conv1D(WIDTH, 3, padding="same", activation="silu", name="hours")(hidden)
    deep = layers.Dense(WIDTH, activation="silu", name="deep")(layers.LayerNormalization(name="norm")(hidden))
    answer = layers.Dense(inputs.CANDIDATES + 1 + BELOW + ABOVE, name="answer")(hidden + deep)
    quantiles = layers.Lambda(_quantiles, name="quantiles")([answer, candidates, valid])
    return keras.Model([past, steps, week, candidates, valid], quantiles, name="cnn_lstm")


def _quantiles(given: "list[Any]") -> Any:
    """A weighted mean of the candidates plus a correction is the median; steps above 0 lead to the others."""
    from keras import ops

    answer, candidates, valid = given
    mix = ops.softmax(answer[..., : inputs.CANDIDATES] - 30.0 * (1.0 - valid), axis=-1)
    at = inputs.CANDIDATES
    median = ops.sum(mix * candidates, axis=-1, keepdims=True) + answer[..., at : at + 1]
    away = 0.2 * ops.softplus(answer[..., at + 1 :])
    below = median - ops.flip(ops.cumsum(away[..., :BELOW], axis=-1), axis=-1)
    above = median + ops.cumsum(away[..., BELOW:], axis=-1)
    return ops.concatenate([below, median, above], axis=-1)
