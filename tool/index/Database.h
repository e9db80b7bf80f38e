//===- Database.h - outcomes of units, kept in one file ---------*- C++ -*-===//
//
// Defines Database: an SQLite file that keeps what came of each unit. Several
// runs may read and write it at a time. A file that is damaged, not ours, or of
// another version is set aside and made anew.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_INDEX_DATABASE_H
#define CONNTIDY_INDEX_DATABASE_H

#include "summary/FunctionFacts.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace conntidy {

/// One unit in one configuration, and the files it was made of.
struct StoredInputs {
  std::vector<std::string> Files;
  uint64_t Digest = 0; ///< of their contents, in this order
};

class Database {
public:
  /// \p Maker: outcomes that another program made are of no use. What had to be
  /// done about the file is added to \p Notices.
  static llvm::Expected<Database> open(llvm::StringRef Path,
                                       llvm::StringRef Maker,
                                       std::vector<std::string> &Notices);
  Database(Database &&) noexcept;
  Database &operator=(Database &&) noexcept;
  ~Database();

  struct Row {
    uint64_t Trace = 0; ///< tells the outcomes of one unit apart
    std::string Outcome;
  };
  struct Unit {
    std::string Key;
    std::string MainFile;
    StoredInputs Inputs;
    std::vector<Row> Rows;
  };
  /// Empty if the unit is not known.
  llvm::Expected<Unit> load(llvm::StringRef Key);
  /// Adds rows; drops all that was made of other inputs. One transaction.
  llvm::Error store(llvm::ArrayRef<Unit> Units);
  /// What all units come to together, in place of what it was before.
  llvm::Error storeFacts(llvm::ArrayRef<const FunctionFacts *> All);
  /// Drops the rows of a unit but these.
  llvm::Error keepOnly(llvm::ArrayRef<Unit> Units);

private:
  struct Closer {
    void operator()(sqlite3 *Handle) const;
  };
  using Handle = std::unique_ptr<sqlite3, Closer>;
  class Statement;
  class Transaction;

  Database(Handle Connection, std::string Path)
      : Connection(std::move(Connection)), Path(std::move(Path)) {}
  static llvm::Expected<Handle> connect(llvm::StringRef Path);
  llvm::Error prepare(llvm::StringRef Maker, std::vector<std::string> &Notices);
  llvm::Error execute(const char *Sql);
  llvm::Expected<int64_t> number(const char *Sql);
  llvm::Error failure() const;

  Handle Connection;
  std::string Path;
};

} // namespace conntidy

#endif // CONNTIDY_INDEX_DATABASE_H
