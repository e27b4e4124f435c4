"""A file of readings on its way in: opened, asked about, checked, stored, undone. Wizard, job and command share it."""

from meters.services.importing.batches import answer_batch, drop_batch, enqueue_step, open_batch
from meters.services.importing.checking import check_batch
from meters.services.importing.direct import import_readings
from meters.services.importing.reports import ImportReport
from meters.services.importing.storing import NotReady, store_batch
from meters.services.importing.undoing import UndoReport, undo_batch
from meters.services.importing.uploads import keep_upload

__all__ = [
    "ImportReport",
    "NotReady",
    "UndoReport",
    "answer_batch",
    "check_batch",
    "drop_batch",
    "enqueue_step",
    "import_readings",
    "keep_upload",
    "open_batch",
    "store_batch",
    "undo_batch",
]
