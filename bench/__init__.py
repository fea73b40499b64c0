"""What icredit costs beside the obvious alternative: pairs of processes, timed by the operating system."""
