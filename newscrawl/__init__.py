"""newscrawl: news articles without boilerplate, in a database that explains itself."""

__version__ = "0.1.0"
