"""What operators' commands do; the modules above hold arguments and help, and import these when called."""
