"""Large jobs through the Batch API: sent in one command, collected in another."""
