//===- Names.h - what a function's name promises ----------------*- C++ -*-===//
//
// Defines hintOf(): whether the words in the name of a function whose body is
// not seen say that it releases, or takes over, the handle it is given.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_FLOW_NAMES_H
#define CONNTIDY_FLOW_NAMES_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace conntidy::flow {

enum class NameHint { None, Release, Take };

/// True for the names of functions that make an object of what they are given
/// (`statement_new`, `wrapResult`).
bool soundsLikeConstructor(llvm::StringRef Name);

/// True if a release is spelled anywhere in the name (`freemem`); enough to go
/// by where a release is expected anyhow, as in a deleter.
bool soundsLikeRelease(llvm::StringRef Name);

/// True for the names of functions that run once, at the start of a program
/// or as all of it.
bool soundsLikeStart(llvm::StringRef Name);

/// True for the names of flags that say that a transaction is open.
bool soundsLikeTransaction(llvm::StringRef Name);

/// True if a function of this name may commit or roll back. Of one that is given
/// the connection, a vaguer name is enough.
bool mayEndTransaction(llvm::StringRef Name, bool GivenConnection);

/// The words of a name in lower case, separated by case, digits and
/// underscores: `pgConnClose` and `pg_conn_close` are the same three.
llvm::SmallVector<std::string, 6> wordsOf(llvm::StringRef Name);

NameHint hintOf(llvm::StringRef Name);

} // namespace conntidy::flow

#endif // CONNTIDY_FLOW_NAMES_H
