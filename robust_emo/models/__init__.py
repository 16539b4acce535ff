"""Models: bases to train, loading, the victim under audit, and the bundled encoder."""
