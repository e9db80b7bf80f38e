//===- LeakOnThrow.h - a lease that an exception loses ----------*- C++ -*-===//

#ifndef CONNTIDY_RULES_LEAK_ON_THROW_LEAKONTHROW_H
#define CONNTIDY_RULES_LEAK_ON_THROW_LEAKONTHROW_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Finds leases that are released on every ordinary path but not when something
/// between the acquire and the release throws: the exception leaves the function,
/// or a handler catches it and goes on, or rethrows, without releasing.
///
/// ## Why is this bad?
/// The code looks balanced and is, until the first failing query. Then every
/// retry takes one more connection and none comes back.
///
/// ## Example
/// ```cpp
/// PGconn *conn = pool.borrow();
/// updateAccounts(conn); // throws when a statement fails
/// pool.giveBack(conn);
/// ```
///
/// ## Use instead
/// An object whose destructor gives the connection back, declared right at the
/// acquire:
/// ```cpp
/// Lease conn(pool);
/// updateAccounts(conn.get());
/// ```
///
/// ## Known problems
/// A C++ function whose body is not seen and that is not `noexcept` may throw.
/// C functions never do. Functions of the standard library throw what their
/// documentation says; that memory may run out is reported only with
/// `ThrowCertainty=possible`.
///
/// ## Options
/// `ThrowCertainty`: `definite` reports only a `throw` in the function itself,
/// `likely` (default) also callees that may throw, `possible` also allocations.
class LeakOnThrow {
public:
  static llvm::StringRef id() { return "conn-leak-on-throw"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_LEAK_ON_THROW_LEAKONTHROW_H
