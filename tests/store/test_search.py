"""What is stored is found, in both databases alike."""
