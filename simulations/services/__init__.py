"""What can be done with scenarios: write, copy, ask, answer."""

from simulations.services.answering import Answer, answer
from simulations.services.running import ask_simulation, end_badly, run_simulation
from simulations.services.scenarios import Wish, clone_scenario, placed_of, save_scenario, wishes_of
from simulations.services.summaries import series_of, summary_of

__all__ = [
    "Answer",
    "Wish",
    "answer",
    "ask_simulation",
    "clone_scenario",
    "end_badly",
    "placed_of",
    "run_simulation",
    "save_scenario",
    "series_of",
    "summary_of",
    "wishes_of",
]
