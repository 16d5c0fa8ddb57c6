"""How the intake of statements is doing, for those who run the site: a page, metrics, and messages set aside."""
