"""How much more somebody learns of the texts from each thing that is shown of the model."""
