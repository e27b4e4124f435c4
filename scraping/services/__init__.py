"""What can be done with portals: keep accounts, start and stop, visit, keep documents and read them."""

from scraping.services.accepting import BadCorrection, accept_proposal, correct_proposal
from scraping.services.accounts import (
    change_password,
    check_sign_in,
    enqueue_due_visits,
    run_now,
    save_account,
    start_scraper,
    stop_scraper,
)
from scraping.services.backfill_errand import BackfillErrand
from scraping.services.backfills import (
    BadPeriod,
    ask_backfill,
    end_backfill,
    resume_backfill,
    run_backfill,
    stop_backfill,
    tend_backfills,
)
from scraping.services.by_hand import sign_in_by_hand
from scraping.services.codes import answer_code
from scraping.services.documents import keep_document, read_document, read_pending
from scraping.services.errands import EverydayErrand, FetchAgainErrand, SignInErrand
from scraping.services.evidence import prune_evidence
from scraping.services.leftovers import sweep_command_folders, visit_folder
from scraping.services.plugins import AccountUnusable, PluginFailed, checked_params, portal_of
from scraping.services.probing import ask_probe, forget_probe_secrets, run_probe, search_portal
from scraping.services.replays import ReplayReport, ask_replay, replay_documents
from scraping.services.runs import BREAKER_OPENS_AT, end_lost_runs, wait_for
from scraping.services.sealing import Rotation, rotate_credentials, sealed
from scraping.services.tryouts import Tryout, try_recipe
from scraping.services.visits import NotNow, visit_alone

__all__ = [
    "BREAKER_OPENS_AT",
    "AccountUnusable",
    "BackfillErrand",
    "BadCorrection",
    "BadPeriod",
    "EverydayErrand",
    "FetchAgainErrand",
    "NotNow",
    "PluginFailed",
    "ReplayReport",
    "Rotation",
    "SignInErrand",
    "Tryout",
    "accept_proposal",
    "answer_code",
    "ask_backfill",
    "ask_probe",
    "ask_replay",
    "change_password",
    "check_sign_in",
    "checked_params",
    "correct_proposal",
    "end_backfill",
    "end_lost_runs",
    "enqueue_due_visits",
    "forget_probe_secrets",
    "keep_document",
    "portal_of",
    "prune_evidence",
    "read_document",
    "read_pending",
    "replay_documents",
    "resume_backfill",
    "rotate_credentials",
    "run_backfill",
    "run_now",
    "run_probe",
    "save_account",
    "sealed",
    "search_portal",
    "sign_in_by_hand",
    "start_scraper",
    "stop_backfill",
    "stop_scraper",
    "sweep_command_folders",
    "tend_backfills",
    "try_recipe",
    "visit_alone",
    "visit_folder",
    "wait_for",
]
