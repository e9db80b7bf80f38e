//===- main.cpp - the command line program --------------------------------===//
//
// Defines main().
//
//===----------------------------------------------------------------------===//

#include "conntidy/Program.h"

int main(int Argc, char **Argv) { return conntidy::runConntidy(Argc, Argv); }
