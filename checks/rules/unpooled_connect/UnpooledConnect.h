//===- UnpooledConnect.h - a connection beside the pool ---------*- C++ -*-===//

#ifndef CONNTIDY_RULES_UNPOOLED_CONNECT_UNPOOLEDCONNECT_H
#define CONNTIDY_RULES_UNPOOLED_CONNECT_UNPOOLEDCONNECT_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Finds connections that are opened directly in a file that takes connections of the same
/// kind from a pool. Worse is one that is opened because the pool had none to give. The
/// pool's own implementation, `main()`, and functions that hand the connection on are fine.
///
/// ## Why is this bad?
/// What the pool does not know of it cannot bound: the server runs out of connections though
/// every pool is within its limit, and the moment the pool is exhausted is the worst one to
/// open more.
///
/// ## Example
/// ```cpp
/// PGconn *conn = pool.borrow(200ms);
/// if (!conn)
///   conn = PQconnectdb(dsn); // the pool is empty for a reason
/// ```
///
/// ## Use instead
/// ```cpp
/// PGconn *conn = pool.borrow(2s);
/// if (!conn)
///   return Busy; // let the caller try later
/// ```
///
/// ## Known problems
/// A connection that is meant to be the only one of its kind, for notifications or
/// administration, is reported all the same where a pool is used in the same file.
///
/// ## Options
/// None.
class UnpooledConnect {
public:
  static llvm::StringRef id() { return "conn-unpooled-connect"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_UNPOOLED_CONNECT_UNPOOLEDCONNECT_H
