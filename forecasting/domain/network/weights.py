"""The shipped weights: a plain file of arrays, opened only if its hash is the one that its card names.

Members are networks of one architecture that learned from different beginnings; their mean is the answer.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from forecasting.domain.errors import CannotLoad

Weights = list[Any]

WEIGHTS, CARD = "weights.npz", "card.json"


def write(folder: Path, members: list[Weights], card: dict[str, Any]) -> str:
    """Both files; the card is given the hash of the weights, which is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{WEIGHTS}"
    write_arrays(draft, members)
    digest = hashlib.sha256(draft.read_bytes()).hexdigest()
    draft.rename(folder / WEIGHTS)
    (folder / CARD).write_text(json.dumps({**card, "members": len(members), "sha256": digest}, indent=1) + "\n")
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


def read(folder: Path) -> list[Weights]:
    """The weights of each member in the order of the network's variables; raises CannotLoad with a sentence."""
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
        return read_arrays(path)
    except (OSError, ValueError, KeyError) as error:
        raise CannotLoad(
            "The network's weights cannot be read; install the twin again or run train_cnn_lstm."
        ) from error


def write_arrays(path: Path, members: list[Weights]) -> None:
    """A plain `.npz`, its arrays named by member and place."""
    named = {
        f"m{one}_w{place:03d}": np.asarray(array) for one, m in enumerate(members) for place, array in enumerate(m)
    }
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **named)


def read_arrays(path: Path) -> list[Weights]:
    """What `write_arrays` wrote; raises OSError, ValueError or KeyError for another file."""
    with np.load(path, allow_pickle=False) as kept:
        members = sorted({key.partition("_")[0] for key in kept.files})
        return [[kept[key] for key in sorted(kept.files) if key.startswith(f"{one}_")] for one in members]
