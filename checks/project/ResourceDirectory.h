//===- ResourceDirectory.h - Clang's own headers ----------------*- C++ -*-===//
//
// Defines resourceDirectory().
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_PROJECT_RESOURCEDIRECTORY_H
#define CONNTIDY_PROJECT_RESOURCEDIRECTORY_H

#include <string>

namespace conntidy {

/// Where `include/stddef.h` and the like of this version of Clang are: in
/// `lib/clang` of the folder the program is installed in, if somebody put them
/// there, else where they were when it was built.
const std::string &resourceDirectory();

} // namespace conntidy

#endif // CONNTIDY_PROJECT_RESOURCEDIRECTORY_H
