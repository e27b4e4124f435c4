"""Parameters of a plug-in: a frozen dataclass that drives its form, its command line and its record.

@dataclass(frozen=True)
class Params:
    trees: int = param(200, "Trees", "More is steadier and slower.", minimum=10, maximum=2000)
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, get_type_hints


class BadParams(ValueError):
    """One or more parameters are wrong; `errors` maps the name to a sentence."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__(" ".join(f"{name}: {sentence}" for name, sentence in errors.items()))


@dataclass(frozen=True)
class ParamInfo:
    """What a form or a help text needs to know of one parameter."""

    name: str
    kind: type
    default: Any
    label: str
    help: str
    unit: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    lines: int = 1


@dataclass(frozen=True)
class NoParams:
    """For a plug-in without parameters."""


def param(
    default: Any,
    label: str,
    help: str = "",
    *,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    choices: Sequence[str] = (),
    lines: int = 1,
) -> Any:
    """Declare one field of a Params dataclass; a text of many `lines` gets a box of that height."""
    about = {"label": label, "help": help, "unit": unit, "lines": lines}
    bounds = {"minimum": minimum, "maximum": maximum, "choices": tuple(choices)}
    return dataclasses.field(default=default, metadata={**about, **bounds})


def describe(params: type) -> list[ParamInfo]:
    """The parameters of a Params dataclass, in order."""
    hints = get_type_hints(params)
    return [
        ParamInfo(
            name=field.name,
            kind=hints[field.name],
            default=field.default,
            label=field.metadata.get("label", field.name),
            help=field.metadata.get("help", ""),
            unit=field.metadata.get("unit", ""),
            minimum=field.metadata.get("minimum"),
            maximum=field.metadata.get("maximum"),
            choices=field.metadata.get("choices", ()),
            lines=field.metadata.get("lines", 1),
        )
        for field in dataclasses.fields(params)
    ]


def read(params: type, given: Mapping[str, Any]) -> Any:
    """Build `params` from strings or plain values (a command line, a form, stored JSON).

    Raises BadParams naming every wrong or unknown parameter at once.
    """
    infos = {info.name: info for info in describe(params)}
    errors = {name: f"is unknown; known are: {', '.join(infos) or 'none'}." for name in given if name not in infos}
    values = {}
    for name, raw in given.items():
        if name in infos:
            try:
                values[name] = _read_one(infos[name], raw)
            except ValueError as error:
                errors[name] = str(error)
    if errors:
        raise BadParams(errors)
    return params(**values)


def dump(params: Any) -> dict[str, Any]:
    """The JSON-ready record of a Params value; `read` takes it back."""
    times = (date, datetime, time)
    return {k: v.isoformat() if isinstance(v, times) else v for k, v in dataclasses.asdict(params).items()}


_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def _read_one(info: ParamInfo, raw: Any) -> Any:
    value = _convert(info.kind, raw)
    if info.choices and value not in info.choices:
        raise ValueError(f"must be one of {', '.join(info.choices)}, not {raw!r}.")
    unit = f" {info.unit}" if info.unit else ""
    if info.minimum is not None and value < info.minimum:
        raise ValueError(f"must be {info.minimum:g}{unit} or more, not {value:g}.")
    if info.maximum is not None and value > info.maximum:
        raise ValueError(f"must be {info.maximum:g}{unit} or less, not {value:g}.")
    return value


def _convert(kind: type, raw: Any) -> Any:
    text = str(raw).strip()
    if kind is bool:
        if text.lower() not in _TRUE | _FALSE:
            raise ValueError(f"must be yes or no, not {raw!r}.")
        return text.lower() in _TRUE
    names = {int: "a whole number", float: "a number", date: "a date like 2026-01-31"}
    readers = {date: date.fromisoformat, datetime: datetime.fromisoformat, time: time.fromisoformat}
    try:
        value = readers.get(kind, kind)(text)
    except ValueError:
        raise ValueError(f"must be {names.get(kind, kind.__name__)}, not {raw!r}.") from None
    if isinstance(value, float) and math.isnan(value):
        raise ValueError("must be a number, not NaN.")
    return value
