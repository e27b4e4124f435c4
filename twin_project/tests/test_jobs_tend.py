"""One app's due work that fails stops neither the others nor the clusters."""

from datetime import UTC, datetime

import pytest

from twin_project.kit.jobs import registry, tend
from twin_project.kit.jobs.models import Beat

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_a_tick_that_fails_is_logged_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    called = []

    def broken(_now: datetime) -> None:
        raise RuntimeError("the moon is in the way")

    def well(now: datetime) -> None:
        called.append(now)

    monkeypatch.setattr(registry, "_ticks", [broken, well])
    tend.tend(now=NOW)
    assert called == [NOW]
    assert "broken failed" in caplog.text
    assert Beat.objects.filter(sent_at=NOW).exists()
