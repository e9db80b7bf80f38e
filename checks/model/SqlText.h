//===- SqlText.h - what an SQL text does to a transaction -------*- C++ -*-===//
//
// Defines transactionSteps(): which statements of an SQL text begin, end or may
// end a transaction. Reads tokens, not grammar: strings, quoted names, dollar
// quotes and comments of each dialect are passed over, the bodies of triggers
// and procedures too.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_MODEL_SQLTEXT_H
#define CONNTIDY_MODEL_SQLTEXT_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <string>

namespace conntidy::model {

enum class SqlDialect : uint8_t { Standard, PostgreSql, MySql, Sqlite };

/// `postgresql`, `mysql`, `sqlite` or `standard`.
std::optional<SqlDialect> sqlDialectNamed(llvm::StringRef Name);
/// Empty for `standard`, which goes without saying.
llvm::StringRef nameOf(SqlDialect Dialect);

struct SqlStep {
  enum class Kind : uint8_t {
    Begin,
    Commit,
    Rollback,
    Savepoint, ///< begins a transaction in SQLite where there is none
    Release,   ///< ends it if its savepoint has begun it
    MayEnd,    ///< a block of procedural SQL that commits or rolls back
  };
  Kind What = Kind::Begin;
  std::string Name; ///< of the savepoint, in lower case
  friend bool operator==(const SqlStep &, const SqlStep &) = default;
};

/// In the order of the text.
llvm::SmallVector<SqlStep, 2> transactionSteps(llvm::StringRef Text,
                                               SqlDialect Dialect);

} // namespace conntidy::model

#endif // CONNTIDY_MODEL_SQLTEXT_H
