//===- InProbe.h - a probe that takes a connection --------------*- C++ -*-===//

#ifndef CONNTIDY_RULES_IN_PROBE_INPROBE_H
#define CONNTIDY_RULES_IN_PROBE_INPROBE_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Finds handlers of probes (`/healthz`, `/readyz`, `/ping`, `/favicon.ico`) that acquire
/// a connection, directly or somewhere down the functions they call. A handler is known
/// by its name (`handleHealthz`, `on_ping`) or by the route that it is registered for:
/// a function or a lambda in a call that is given `"/healthz"`.
///
/// ## Why is this bad?
/// A probe asks whether the process is alive. If it asks the database, one hiccup of the
/// database makes every process look dead, and all of them are restarted at once; and
/// when the pool is empty, the probes stand in line with everybody else.
///
/// ## Example
/// ```cpp
/// server.Get("/healthz", [&](const Request &, Response &res) {
///   Session session(pool); // waits if the pool is empty
///   res.status = session.ping() ? 200 : 500;
/// });
/// ```
///
/// ## Use instead
/// ```cpp
/// server.Get("/healthz", [&](const Request &, Response &res) {
///   res.status = 200; // this process answers; what it depends on is watched elsewhere
/// });
/// ```
///
/// ## Known problems
/// A probe that is there to watch the database is reported like any other. What lies in
/// other files, and routes that are registered in tables, are not looked through.
///
/// ## Options
/// `ProbeNames`: words in the names of handlers, and last parts of routes, separated by
/// commas; default `health,healthz,healthcheck,livez,liveness,live,readyz,readiness,ready,
/// ping,heartbeat,favicon`.
class InProbe {
public:
  static llvm::StringRef id() { return "conn-in-probe"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_IN_PROBE_INPROBE_H
