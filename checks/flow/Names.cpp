//===- Names.cpp - what a function's name promises ------------------------===//

#include "flow/Names.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

namespace conntidy::flow {

llvm::SmallVector<std::string, 6> wordsOf(llvm::StringRef Name) {
  llvm::SmallVector<std::string, 6> Words;
  std::string Word;
  auto Flush = [&] {
    if (!Word.empty())
      Words.push_back(llvm::StringRef(Word).lower());
    Word.clear();
  };
  for (size_t N = 0; N < Name.size(); ++N) {
    char C = Name[N];
    if (!llvm::isAlpha(C)) {
      Flush();
      continue;
    }
    bool Upper = llvm::isUpper(C);
    bool AfterLower = N && llvm::isLower(Name[N - 1]);
    // `PGClear`: the last capital of a run begins a word.
    bool BeforeLower = N + 1 < Name.size() && llvm::isLower(Name[N + 1]) && N &&
                       llvm::isUpper(Name[N - 1]);
    if (Upper && (AfterLower || BeforeLower))
      Flush();
    Word.push_back(C);
  }
  Flush();
  return Words;
}

bool soundsLikeConstructor(llvm::StringRef Name) {
  static const llvm::StringSet<> Words = {"new",       "create", "make",
                                          "wrap",      "build",  "alloc",
                                          "construct", "from",   "init"};
  return llvm::any_of(wordsOf(Name),
                      [&](const std::string &W) { return Words.contains(W); });
}

bool soundsLikeStart(llvm::StringRef Name) {
  static const llvm::StringSet<> Words = {
      "main",  "init",    "initialize", "initialise", "setup",
      "start", "startup", "boot",       "bootstrap",  "test",
      "demo",  "example", "benchmark",  "body"};
  return llvm::any_of(wordsOf(Name),
                      [&](const std::string &W) { return Words.contains(W); });
}

bool soundsLikeTransaction(llvm::StringRef Name) {
  static const llvm::StringSet<> Words = {
      "trans", "tran", "tx",     "txn",   "trx",     "begin",   "begun",
      "batch", "bulk", "commit", "dirty", "pending", "started", "open"};
  return Name.contains_insensitive("transaction") ||
         llvm::any_of(wordsOf(Name),
                      [&](const std::string &W) { return Words.contains(W); });
}

bool mayEndTransaction(llvm::StringRef Name, bool GivenConnection) {
  static const llvm::StringSet<> Words = {"tx", "txn", "trx", "trans", "tran"};
  static const llvm::StringSet<> WithConnection = {
      "end",    "fail",   "failed", "failure", "error",   "done",
      "stop",   "exit",   "quit",   "clean",   "cleanup", "close",
      "undo",   "put",    "free",   "drop",    "cancel",  "reset",
      "return", "finish", "handle", "leave",   "bail"};
  std::string Lower = Name.lower();
  return llvm::any_of(
             std::initializer_list<llvm::StringRef>{"commit", "rollback",
                                                    "roll_back", "abort",
                                                    "revert", "transaction"},
             [&](llvm::StringRef W) {
               return llvm::StringRef(Lower).contains(W);
             }) ||
         llvm::any_of(wordsOf(Name),
                      [&](const std::string &W) {
                        return Words.contains(W) ||
                               (GivenConnection && WithConnection.contains(W));
                      }) ||
         (GivenConnection && soundsLikeRelease(Name));
}

bool soundsLikeRelease(llvm::StringRef Name) {
  std::string Lower = Name.lower();
  return llvm::any_of(
      std::initializer_list<llvm::StringRef>{
          "free", "close", "release", "finish", "destroy", "clear", "delete",
          "clean", "dispose", "disconnect", "unref", "giveback", "put",
          "return", "push", "drop", "shutdown"},
      [&](llvm::StringRef W) { return llvm::StringRef(Lower).contains(W); });
}

NameHint hintOf(llvm::StringRef Name) {
  static const llvm::StringSet<> Release = {
      "close",      "free",        "release",    "destroy",  "finish",
      "disconnect", "cleanup",     "clean",      "clear",    "delete",
      "dispose",    "return",      "put",        "drop",     "shutdown",
      "end",        "term",        "terminate",  "deinit",   "unref",
      "discard",    "recycle",     "exit",       "quit",     "finalize",
      "fini",       "done",        "kill",       "giveback", "checkin",
      "abandon",    "fin",         "logout",     "logoff",   "teardown",
      "uninit",     "dealloc",     "deallocate", "decref",   "pclose",
      "fclose",     "closesocket", "remove"};
  static const llvm::StringSet<> Take = {
      "add",    "push",    "adopt", "register", "insert",   "append",
      "attach", "assign",  "own",   "take",     "enqueue",  "submit",
      "store",  "save",    "keep",  "pass",     "transfer", "give",
      "set",    "put",     "wrap",  "emplace",  "install",  "manage",
      "hand",   "accept",  "defer", "guard",    "track",    "cache",
      "steal",  "consume", "move",  "post",     "spawn"};
  auto Words = wordsOf(Name);
  for (const std::string &W : Words)
    if (Release.contains(W))
      return NameHint::Release;
  // Glued to what comes before it: `connclose`.
  for (const std::string &W : Words)
    for (llvm::StringRef End : {"close", "free", "finish", "destroy", "release",
                                "disconnect", "cleanup"})
      if (llvm::StringRef(W).ends_with(End))
        return NameHint::Release;
  for (const std::string &W : Words)
    if (Take.contains(W))
      return NameHint::Take;
  return NameHint::None;
}

} // namespace conntidy::flow
