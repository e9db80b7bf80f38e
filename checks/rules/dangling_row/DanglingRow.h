//===- DanglingRow.h - a row that outlives its result -----------*- C++ -*-===//

#ifndef CONNTIDY_RULES_DANGLING_ROW_DANGLINGROW_H
#define CONNTIDY_RULES_DANGLING_ROW_DANGLINGROW_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Finds values that borrow from a result, a statement, a cursor or a connection
/// (`PQgetvalue`, `MYSQL_ROW`, `sqlite3_column_text`, `reply->str`, a `string_view` of
/// them) and are used after what they borrow from has been released or has moved on, or
/// are left where somebody finds them later: returned, stored in a member, a global, a
/// cache, an out-parameter or a callable.
///
/// A copy ends it: `std::string`, `strdup`, a conversion to a number. A `string_view`,
/// pointer arithmetic and a container of pointers do not. A class of one's own that
/// lends what its members hold is looked through where its body is seen.
///
/// ## Why is this bad?
/// The memory belongs to the library, which has given it back or uses it for the next
/// row. What is read there is another customer's name, or the process dies, and not
/// where the mistake is.
///
/// ## Example
/// ```cpp
/// std::string_view flag(PGconn *conn) {
///   ResultPtr res(PQexec(conn, "SELECT value FROM flag"));
///   return PQgetvalue(res.get(), 0, 0);
/// }
/// ```
///
/// ## Use instead
/// ```cpp
/// std::string flag(PGconn *conn) {
///   ResultPtr res(PQexec(conn, "SELECT value FROM flag"));
///   return PQgetvalue(res.get(), 0, 0);
/// }
/// ```
///
/// ## Known problems
/// What is kept in an array element that is chosen at run time, or handed to a function
/// whose body is not seen, is not followed. Of a view that is used several times the
/// first use is reported.
///
/// ## Options
/// `MaxPathStates`, `MaxSteps`: how many path states are kept apart.
class DanglingRow {
public:
  static llvm::StringRef id() { return "conn-dangling-row"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_DANGLING_ROW_DANGLINGROW_H
