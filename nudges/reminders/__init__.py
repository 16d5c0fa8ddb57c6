"""The daily reminders: one a learner and day, of a session or a lesson of that day.

`rules` says of what somebody is reminded (pure), `audience` says it of all learners in the database, `texts` has the
words, `services` plans a day, `preview` shows what would happen, and `pages` and `api` show it to staff.
"""
