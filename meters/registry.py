"""The plug-ins of the meters: providers of weather (`weather_providers/`) and validation rules (`rules/`)."""

from meters.domain.files import FileFormat
from meters.domain.validation import Rule
from meters.domain.weather import WeatherProvider
from twin_project.kit.registry import Registry

formats: Registry[FileFormat] = Registry("meters.formats", FileFormat)  # type: ignore[type-abstract]  # the base itself
weather_providers: Registry[WeatherProvider] = Registry("meters.weather_providers", WeatherProvider)  # type: ignore[type-abstract]  # the base itself
rules: Registry[Rule] = Registry("meters.rules", Rule)  # type: ignore[type-abstract]  # the base itself


def provider_choices() -> list[tuple[str, str]]:
    """(key, title) pairs for a model field: a function, so that a new file needs no migration."""
    return weather_providers.choices()
