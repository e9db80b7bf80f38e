//===- GuardBypass.h - a guard that does not guard --------------*- C++ -*-===//

#ifndef CONNTIDY_RULES_GUARD_BYPASS_GUARDBYPASS_H
#define CONNTIDY_RULES_GUARD_BYPASS_GUARDBYPASS_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Finds guards that are got round: `release()` or `dismiss()` after which nobody
/// releases the handle, a guard made with `new` that nobody deletes, a deleter that
/// releases nothing, and a guard without a name, which is a temporary that dies at
/// the end of its statement. It takes the place of a leak at the same acquire.
///
/// ## Why is this bad?
/// The code says that it is safe, and reviewers believe it. A dismissed guard is a
/// connection gone for good with each call; a nameless one has put the connection
/// back in the pool while the next lines still use it.
///
/// ## Example
/// ```cpp
/// MYSQL *sql;
/// SqlConnRAII(&sql, pool); // destroyed here
/// mysql_query(sql, "SELECT 1");
/// ```
///
/// ## Use instead
/// ```cpp
/// MYSQL *sql;
/// SqlConnRAII guard(&sql, pool);
/// mysql_query(sql, "SELECT 1");
/// ```
///
/// ## Known problems
/// A handle that some path releases by hand after `release()` is reported by
/// conn-leak, at its acquire. A guard that lives in a static object is taken to be
/// meant.
///
/// ## Options
/// `MaxPathStates`: how many path states are kept apart. `MaxSteps`: how many
/// steps a function is given; one in a large state counts more.
class GuardBypass {
public:
  static llvm::StringRef id() { return "conn-guard-bypass"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_GUARD_BYPASS_GUARDBYPASS_H
