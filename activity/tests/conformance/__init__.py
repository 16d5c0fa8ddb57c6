"""What the record store promises to everyone who knows the specification, seen from outside alone.

One test or one row of a table for each requirement that the specification's owner tests, under the same numbers
(XAPI-00142), against both versions. The owner's suite decides as these do; its habits that decide a case are noted
where they matter. It runs against a started server and sends real credentials with every call but these:
`GET /about`, and in an early edition the calls without a version and those that must be answered 405. Both editions
are satisfied by looking at the version and the method before looking at the credentials.
"""
