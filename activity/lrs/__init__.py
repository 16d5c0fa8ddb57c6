"""The learning record store's HTTP: requests in, answers out. What they mean is decided in xapi/, kept in store/."""
