"""What a file may do while it is read: which names it gets, what it may call, which states it may set."""
