"""The record of statements: written once, found by what they are about. Everything here is SQL-facing; no HTTP."""
