"""The HTTP process: takes upload events in, says where they stand, and carries the moderators' API.

It loads no model and no picture library, and needs PostgreSQL alone: a broker that is away costs no answer.
"""
