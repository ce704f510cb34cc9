"""Full text: the words of a text, what a query asks of them, and where they stand."""
