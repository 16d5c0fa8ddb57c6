"""Verbs that mean something to a record store itself."""

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
