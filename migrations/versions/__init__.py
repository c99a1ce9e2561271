"""The migrations, oldest first by their numbers. They import alembic and sqlalchemy alone."""
