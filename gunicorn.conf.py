"""What gunicorn is to know wherever it is started from this directory. Workers and address: on the command line."""

# xAPI puts agents, activities and the rest of a query into addresses: half of gunicorn's own limit is soon reached.
limit_request_line = 8190

# A worker of one thread waits for a sender that stops half-way, and everybody with it, and closes the connection after
# each call: tools that send single statements get through half as many. More threads than this only wait for Python.
worker_class = "gthread"
threads = 4
