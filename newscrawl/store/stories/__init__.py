"""Stories in the store: articles queued by their writers, tied to stories in small steps, and read."""
