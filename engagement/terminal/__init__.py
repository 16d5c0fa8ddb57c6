"""The terminal of those who run the site: named questions to the database, with parameters, that can only read."""
