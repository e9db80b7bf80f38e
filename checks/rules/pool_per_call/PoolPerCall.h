//===- PoolPerCall.h - a pool that is made for each call --------*- C++ -*-===//

#ifndef CONNTIDY_RULES_POOL_PER_CALL_POOLPERCALL_H
#define CONNTIDY_RULES_POOL_PER_CALL_POOLPERCALL_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Finds pools that a function makes and destroys again, where the function is one that runs
/// more than once. `main()`, what only it calls, functions that start things up, statics,
/// members of objects and factories that hand the pool on are fine.
///
/// ## Why is this bad?
/// A pool that lives for one request pools nothing: each request opens connections of its
/// own, and the limit that the pool was to keep holds for none of them.
///
/// ## Example
/// ```cpp
/// int handleRequest(int device) {
///   Poco::Data::SessionPool pool("SQLite", file);
///   Poco::Data::Session session(pool.get());
///   return battery(session, device);
/// }
/// ```
///
/// ## Use instead
/// ```cpp
/// class DeviceHandler {
///   Poco::Data::SessionPool pool; // as long-lived as the service
///   int handleRequest(int device) {
///     Poco::Data::Session session(pool.get());
///     return battery(session, device);
///   }
/// };
/// ```
///
/// ## Known problems
/// That a function runs once is told by who calls it in the same file and, where nobody
/// does, by words in its name (`init`, `setup`, `start`, `test`).
///
/// ## Options
/// None. Models say `pool: true` of classes, `kind: pool` of resources.
class PoolPerCall {
public:
  static llvm::StringRef id() { return "conn-pool-per-call"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_POOL_PER_CALL_POOLPERCALL_H
