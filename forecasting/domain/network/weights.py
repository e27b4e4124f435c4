"""The shipped weights: a plain file of arrays, opened only if its hash is the one that its card names."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from forecasting.domain.errors import CannotLoad

WEIGHTS, CARD = "weights.npz", "card.json"


def write(folder: Path, weights: list[Any], card: dict[str, Any]) -> str:
    """Both files; the card is given the hash of the weights, which is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{WEIGHTS}"
    with draft.open("wb") as file:
        np.savez(file, allow_pickle=False, **{f"w{number:03d}": np.asarray(one) for number, one in enumerate(weights)})
    digest = hashlib.sha256(draft.read_bytes()).hexdigest()
    draft.rename(folder / WEIGHTS)
    (folder / CARD).write_text(json.dumps({**card, "sha256": digest}, indent=1) + "\n")
    return digest


def read_card(folder: Path) -> dict[str, Any]:
    """What the weights are; raises CannotLoad with a sentence."""
    try:
        found: dict[str, Any] = json.loads((folder / CARD).read_text())
    except (OSError, ValueError) as error:
        raise CannotLoad(
            f"The card of the network's weights, {CARD}, is missing or damaged; install the twin again."
        ) from error
    return found


def read(folder: Path) -> list[Any]:
    """The weights in the order of the network's variables; raises CannotLoad with a sentence."""
    wanted = read_card(folder).get("sha256")
    path = folder / WEIGHTS
    if not path.is_file():
        raise CannotLoad(
            f"The network's weights, {WEIGHTS}, are missing; install the twin again or run train_cnn_lstm."
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
        raise CannotLoad(
            "The network's weights are not those that their card names, so they are not opened; install the twin again."
        )
    try:
        with np.load(path, allow_pickle=False) as kept:
            return [kept[key] for key in sorted(kept.files)]
    except (OSError, ValueError, KeyError) as error:
        raise CannotLoad(
            "The network's weights cannot be read; install the twin again or run train_cnn_lstm."
        ) from error
