// The C library includes it where a long has 32 bits and a register 64.
