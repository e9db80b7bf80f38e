/* Lua 5.1 needs nothing of what made 5.0 look like it. */
