"""The parameters of a plug-in as fields of a form."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from twin_project.kit.params import ParamInfo, describe

_KINDS: dict[type, tuple[type[forms.Field], forms.Widget]] = {
    bool: (forms.BooleanField, forms.CheckboxInput()),
    int: (forms.IntegerField, forms.NumberInput()),
    float: (forms.FloatField, forms.NumberInput(attrs={"step": "any"})),
    date: (forms.DateField, forms.DateInput(attrs={"type": "date"})),
}


def fields_of(params: type, *, given: Mapping[str, Any]) -> dict[str, forms.Field]:
    """One field for each parameter, in order, with the value that is `given` or the default; `params.read` checks."""
    return {info.name: _field(info, given.get(info.name, info.default)) for info in describe(params)}


def _field(info: ParamInfo, value: Any) -> forms.Field:
    unit = f", {info.unit}" if info.unit else ""
    words: dict[str, Any] = {"label": f"{info.label}{unit}", "help_text": info.help, "initial": value}
    if info.choices:
        return forms.ChoiceField(choices=[(choice, choice) for choice in info.choices], required=False, **words)
    if info.lines > 1:
        box = forms.Textarea(attrs={"rows": info.lines, "spellcheck": "false", "wrap": "off"})
        return forms.CharField(widget=box, strip=False, required=False, **words)
    kind, widget = _KINDS.get(info.kind, (forms.CharField, forms.TextInput()))
    return kind(widget=widget, required=False, **words)
