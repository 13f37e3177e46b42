"""Speed and memory against the public libraries, measured in the same run."""
