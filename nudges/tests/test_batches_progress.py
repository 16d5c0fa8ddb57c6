from collections import Counter

from nudges.batches.progress import Progress
from nudges.states import State


def test_the_bar_leaves_out_those_whom_the_gate_kept():
    states = Counter({State.QUEUED: 3, State.SENT: 1, State.FAILED: 1, State.SUPPRESSED: 95})
    progress = Progress("running", states, reasons={})
    assert (progress.left, progress.not_held_back) == (2, 5)
