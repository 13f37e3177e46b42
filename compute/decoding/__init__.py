"""Pictures of strangers, decoded in processes with limits."""
