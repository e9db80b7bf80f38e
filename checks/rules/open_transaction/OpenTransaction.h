//===- OpenTransaction.h - a transaction left open --------------*- C++ -*-===//

#ifndef CONNTIDY_RULES_OPEN_TRANSACTION_OPENTRANSACTION_H
#define CONNTIDY_RULES_OPEN_TRANSACTION_OPENTRANSACTION_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Finds transactions that a function begins and commits, but that some other
/// way out of it leaves open: an early return, a failed statement, an
/// exception. Only connections that live on count, be they the caller's, a
/// member or a global: closing a connection rolls back. Worse is a connection
/// that goes back to its pool inside a transaction: it is reported even if
/// nothing ever commits.
///
/// A transaction begins and ends by the calls that a model names
/// (`mysql_autocommit`, `soci::session::begin`), by SQL texts that are known
/// (`BEGIN`, `START TRANSACTION`, `COMMIT`, `ROLLBACK`; in SQLite `SAVEPOINT`
/// and `RELEASE`, too), also through variables, parameters and functions that
/// do so. Guards, one's own as well, own it.
///
/// ## Why is this bad?
/// The connection stays "idle in transaction": its locks are kept, nothing is
/// vacuumed, and whoever uses it next works inside a transaction that is not
/// theirs.
///
/// ## Example
/// ```cpp
/// bool transfer(sqlite3 *db) {
///   sqlite3_exec(db, "BEGIN", nullptr, nullptr, nullptr);
///   if (!withdraw(db))
///     return false; // still inside the transaction
///   return sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK;
/// }
/// ```
///
/// ## Use instead
/// ```cpp
/// bool transfer(SQLite::Database &db) {
///   SQLite::Transaction transaction(db); // rolls back unless committed
///   if (!withdraw(db))
///     return false;
///   transaction.commit();
///   return true;
/// }
/// ```
/// In C, roll back before each early exit, or jump to one label that does.
///
/// ## Known problems
/// SQL that is put together at run time, and statements that are prepared in
/// one place and run in another, neither begin nor end a transaction. A
/// function that begins one and never commits is taken to leave that to its
/// caller. A function whose body is not seen may end the transaction if its
/// name sounds like it.
///
/// ## Options
/// `ThrowCertainty`: how sure an exception has to be for the way out it takes
/// to count.
class OpenTransaction {
public:
  static llvm::StringRef id() { return "conn-open-transaction"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_OPEN_TRANSACTION_OPENTRANSACTION_H
