//===- StoredIndex.h - the index, read as it is needed ----------*- C++ -*-===//
//
// Defines StoredIndex: the file that conntidy keeps, for those who look at one
// unit. It is opened for reading only, is never waited for, and gives what is
// asked for and no more. For one thread.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_PROJECT_STOREDINDEX_H
#define CONNTIDY_PROJECT_STOREDINDEX_H

#include "summary/ProjectIndex.h"
#include "llvm/Support/Error.h"
#include <map>
#include <memory>

struct sqlite3;
struct sqlite3_stmt;

namespace conntidy {

class StoredIndex final : public FunctionIndex {
public:
  /// Fails if the file is missing, none of ours, of another build, or being
  /// written this moment.
  static llvm::Expected<std::unique_ptr<StoredIndex>>
  open(llvm::StringRef Path);

  const FunctionFacts *find(FunctionKey Function) const override;
  uint64_t answer(FunctionKey Function,
                  IndexQuestion::Kind What) const override;

private:
  struct Closer {
    void operator()(sqlite3 *Handle) const;
    void operator()(sqlite3_stmt *Statement) const;
  };
  using Handle = std::unique_ptr<sqlite3, Closer>;
  using Statement = std::unique_ptr<sqlite3_stmt, Closer>;

  StoredIndex(Handle Connection, Statement Select)
      : Connection(std::move(Connection)), Select(std::move(Select)) {}

  Handle Connection;
  Statement Select;
  mutable std::map<FunctionKey, std::unique_ptr<FunctionFacts>> Known;
};

} // namespace conntidy

#endif // CONNTIDY_PROJECT_STOREDINDEX_H
