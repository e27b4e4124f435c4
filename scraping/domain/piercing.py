"""Selectors that step into frames and shadow roots: CSS with ` >>> ` between the steps. Pure."""

from dataclasses import dataclass

STEP, TEXT = ">>>", "::text("


@dataclass(frozen=True)
class Path:
    """`hosts`: frames and hosts to enter one after the other. `deep`: the first of all steps is looked for anywhere."""

    hosts: tuple[str, ...]
    last: str
    deep: bool


def path_of(selector: str) -> Path:
    """Take a selector apart; raises ValueError where a step is empty."""
    steps = [step.strip() for step in selector.split(STEP)]
    deep = len(steps) > 1 and steps[0] == ""
    steps = steps[1:] if deep else steps
    if not all(steps):
        raise ValueError(f"The selector {selector!r} has an empty step.")
    return Path(tuple(steps[:-1]), steps[-1], deep)


def inside(place: str, selector: str) -> str:
    """The selector of something found in a frame, as seen from the top."""
    return f"{place} {STEP} {selector}" if place else selector
