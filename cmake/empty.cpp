// Of targets that only own a precompiled header.
