"""Speed as ratios: what the product does beside a plain way of doing the same, both timed in one run.

`python -m benchmarks --size 1000000` runs each module of this package that is named in NAMES, each in a process and a
throw-away database of its own. A benchmark is a module with `run(size) -> Iterable[Finding]`; its title is the first
line of its docstring, and OF_WHAT what there are so many of (learners, if it does not say).
"""

NAMES = ("recompute", "board", "import_csv", "statements", "planning", "delivery")
