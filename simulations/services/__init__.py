"""What can be done with scenarios: write, copy, ask, answer."""

from simulations.services.answering import Answer, answer
from simulations.services.replaying import find_past_events, replay_past_events
from simulations.services.running import ask_simulation, end_badly, end_lost_runs, run_simulation
from simulations.services.scenarios import Wish, clone_scenario, placed_of, save_scenario, wishes_of
from simulations.services.summaries import series_of, summary_of

__all__ = [
    "Answer",
    "Wish",
    "answer",
    "ask_simulation",
    "clone_scenario",
    "end_badly",
    "end_lost_runs",
    "find_past_events",
    "placed_of",
    "replay_past_events",
    "run_simulation",
    "save_scenario",
    "series_of",
    "summary_of",
    "wishes_of",
]
