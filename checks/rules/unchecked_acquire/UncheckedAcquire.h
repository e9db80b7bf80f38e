//===- UncheckedAcquire.h - used before it was looked at --------*- C++ -*-===//

#ifndef CONNTIDY_RULES_UNCHECKED_ACQUIRE_UNCHECKEDACQUIRE_H
#define CONNTIDY_RULES_UNCHECKED_ACQUIRE_UNCHECKEDACQUIRE_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Finds connections that are put to work before anybody has looked whether there is
/// one: the handle may be null (`redisConnect`, a pool that is empty), or in a failed
/// state (`PQstatus`, `redisContext::err`, the code of `sqlite3_open`). To look is to
/// compare the handle or what the acquire returned, to ask its status, or to read its
/// error; a function whose model says nothing about it is trusted to look.
///
/// ## Why is this bad?
/// The server restarts, the pool runs dry, and what could have been an error message
/// or stale data is a crash, or a statement that fails for no reason anybody can see.
///
/// ## Example
/// ```cpp
/// redisContext *c = redisConnectWithTimeout(host, 6379, patience);
/// redisReply *r = (redisReply *)redisCommand(c, "GET theme"); // c may be null
/// ```
///
/// ## Use instead
/// ```cpp
/// redisContext *c = redisConnectWithTimeout(host, 6379, patience);
/// if (!c || c->err)
///   return fallback(c);
/// redisReply *r = (redisReply *)redisCommand(c, "GET theme");
/// ```
///
/// ## Known problems
/// Only acquires whose model says that they `can-fail` are looked at, and only uses in
/// the function that acquires. That the branch behind a look does the right thing is
/// not checked.
///
/// ## Options
/// None.
class UncheckedAcquire {
public:
  static llvm::StringRef id() { return "conn-unchecked-acquire"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_UNCHECKED_ACQUIRE_UNCHECKEDACQUIRE_H
