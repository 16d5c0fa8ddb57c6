"""What a person is to do, when messages do not help.

`rules` the next step after each outcome (pure); `services` what may be done with a task; `handover` when automation
gives up; `notices` what users are told; `opening` how to begin the talk (pure); `listing` and `page` what is shown.
"""
