"""How far what is uploaded has drifted from a bundle's first week."""
