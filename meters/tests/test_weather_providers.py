"""Every provider of weather: what the contract promises, and that a broken one stops nothing."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from meters.checks import plugins_can_serve
from meters.domain.weather import Answer, Place, WeatherError
from meters.registry import weather_providers
from twin_project.kit import params

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def silent(address: str, query: Mapping[str, Any]) -> Answer:
    """A web in which nobody answers."""
    raise WeatherError(f"{address} is away.")


@pytest.mark.parametrize("key", weather_providers.keys())
def test_a_provider_has_words_for_people_and_asks_only_over_https(key: str) -> None:
    plugin = weather_providers.get(key)
    assert plugin.title
    assert plugin.summary.endswith(".")
    assert isinstance(plugin.credit, str)
    provider = plugin(params.read(plugin.Params, {}), get=silent)
    assert all(address.startswith("https://") for address in provider.addresses())


@pytest.mark.parametrize("key", weather_providers.keys())
def test_a_provider_that_gets_nothing_says_so_in_its_own_error(key: str) -> None:
    plugin = weather_providers.get(key)
    provider = plugin(params.read(plugin.Params, {}), get=silent)
    for place in (Place(48.8, 2.3, "Europe/Paris"), Place(None, None, "Asia/Kolkata")):
        with pytest.raises(WeatherError) as caught:
            provider.fetch(place, since=NOW, now=NOW)
        assert str(caught.value).strip().endswith(".")


def test_a_broken_file_is_reported_and_the_others_serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rain_dance.py").write_text("import no_such_library\n")
    package = sys.modules["meters.weather_providers"]
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    found = [message for message in plugins_can_serve() if message.id == "meters.W003"]
    assert ["rain_dance" in message.msg for message in found] == [True]
    assert "open_meteo" in weather_providers.all()
