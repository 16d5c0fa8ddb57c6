"""What providers tell us: their reports on messages, and what learners write back.

`doors` has the addresses that they call, `signatures` proves that it is they. `email`, `whatsapp` and `twilio` read
what they send into a `Report` or an `Inbound`; `reports` applies the one (`standing` says what all reports on one
message mean together), `inbound` the other.
"""
