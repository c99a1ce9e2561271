"""What is deleted when it is old, and the partitions that are made ahead and dropped as a whole."""
