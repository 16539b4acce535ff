"""From a trained model to a harder one: recipes, the work, and what it changed."""
