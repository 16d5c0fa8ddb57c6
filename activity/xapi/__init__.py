"""The xAPI specification as pure functions of plain values: no database, no clock, no HTTP."""
