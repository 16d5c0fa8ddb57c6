"""What learners answer, and what follows at once.

`replies` an answer, from whichever way; `reading` what a written one means; `stops` where automation stops; `consent`
a channel that is not to be used any more; `touches` opens and clicks; `why` and `page` what the learner is shown.
"""
