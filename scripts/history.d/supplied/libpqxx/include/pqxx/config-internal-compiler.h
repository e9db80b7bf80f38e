// What configuring the sources would have found out; the rest are flags.
