"""What is said to whom, once or again and again.

`segments` and `counting` whom; `recurrence` when; `approval` what; `services` what people and the schedule do with it.
"""
