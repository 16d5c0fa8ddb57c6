"""The day's queue: what changed since a coordinator last looked, and who first, as many as their day holds.

`ranking` (pure) says who comes first, `queue` finds them, `dips` tells a class from its learners, `visits` remembers
when somebody looked, `page` has all that is shown.
"""
