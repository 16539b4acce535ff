"""robust-emo: the audit that an emotion model must pass before it ships."""

__version__ = "0.1.0"
