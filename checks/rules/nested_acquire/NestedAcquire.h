//===- NestedAcquire.h - a second connection of one pool --------*- C++ -*-===//

#ifndef CONNTIDY_RULES_NESTED_ACQUIRE_NESTEDACQUIRE_H
#define CONNTIDY_RULES_NESTED_ACQUIRE_NESTEDACQUIRE_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Finds connections that are acquired from a pool while another one of the same pool is
/// held, directly or somewhere down the functions that are called. Pools that differ are
/// fine.
///
/// ## Why is this bad?
/// As many threads as the pool has connections each take their first and wait for their
/// second: none ever comes back. With a pool of one, a single call does.
///
/// ## Example
/// ```cpp
/// void closeOrder(SessionPool &pool, int order) {
///   PGconn *conn = pool.borrow();
///   update(conn, order);
///   writeAudit(pool, order); // borrows another one
///   pool.giveBack(conn);
/// }
/// ```
///
/// ## Use instead
/// ```cpp
/// void closeOrder(SessionPool &pool, int order) {
///   PGconn *conn = pool.borrow();
///   update(conn, order);
///   writeAudit(conn, order);
///   pool.giveBack(conn);
/// }
/// ```
///
/// ## Known problems
/// Two pools are one if the code names them alike: the same variable, member, parameter or
/// function that hands one out. What lies in other files is not looked through, and a
/// connection that is kept in an object from outside does not count as held.
///
/// ## Options
/// None.
class NestedAcquire {
public:
  static llvm::StringRef id() { return "conn-nested-acquire"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_NESTED_ACQUIRE_NESTEDACQUIRE_H
