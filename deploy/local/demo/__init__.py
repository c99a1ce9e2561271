"""The demo: pictures on their whole road, from an upload to a verdict, on a local stack."""
