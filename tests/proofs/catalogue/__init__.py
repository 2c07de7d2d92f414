"""The catalogue of sentences: what the source says, what the catalogue has, and bringing the two together."""
