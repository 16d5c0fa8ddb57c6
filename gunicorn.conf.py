"""What gunicorn is to know wherever it is started from this directory. Workers and address: on the command line."""

# xAPI puts agents, activities and the rest of a query into addresses: half of gunicorn's own limit is soon reached.
limit_request_line = 8190
