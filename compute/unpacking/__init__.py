"""ZIPs of strangers that become data sets, unpacked and read in a process with limits."""
