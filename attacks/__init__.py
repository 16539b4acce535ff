"""The built-in attacks, one paper per file; found through entry points like those of any other package."""
