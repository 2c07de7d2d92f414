"""What this bot costs, as ratios measured in one run on one machine: `python -m tests.proofs.bench`."""
