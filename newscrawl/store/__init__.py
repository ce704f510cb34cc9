"""The store: a frontier, articles with every cut, and the account of every run, in SQLite or PostgreSQL."""
