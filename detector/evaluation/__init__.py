"""How good a detector is: figures with their uncertainty, on pictures that it has not been trained on."""
