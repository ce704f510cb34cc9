"""The watch over outlets: what each gives in each run, and alarms when it drops."""
