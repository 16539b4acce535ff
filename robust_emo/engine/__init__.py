"""The cooperative query engine: attacks are coroutines, and what hundreds of them ask is answered together."""
