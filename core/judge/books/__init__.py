"""What is recorded of a run: the ledger, costs, the order of records, and open batches."""
