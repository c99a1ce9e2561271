"""What the pages of numbers say: figures of the database put together, and the charts of them."""
