"""Articles as files: Parquet, JSON lines or CSV, with a card that says what is in them."""
