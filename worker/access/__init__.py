"""Who may do what: accounts, tokens, sessions, and the one table of roles and permissions."""
