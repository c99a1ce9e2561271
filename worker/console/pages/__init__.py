"""The pages, one module for each family; each has ``router_for``."""
