"""`make scale`: the queries that run all day, on tables of a hundred thousand to ten million rows."""
