//===- NoTimeout.h - a call that may wait without end -----------*- C++ -*-===//

#ifndef CONNTIDY_RULES_NO_TIMEOUT_NOTIMEOUT_H
#define CONNTIDY_RULES_NO_TIMEOUT_NOTIMEOUT_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Finds calls that connect, take a connection from a pool or wait for an answer, and
/// that could be told how long to wait but are not: a function that has a twin with a
/// timeout (`redisConnect`), an argument that stands for "for ever", a connection string
/// or an array of keywords without the key, an option that nobody has set on the handle
/// before (`mysql_options`, `CURLOPT_TIMEOUT`).
///
/// Only what can be seen counts: strings and keywords that are constants, also through
/// variables, and handles that are made in the function that waits.
///
/// ## Why is this bad?
/// A server that does not answer, or a pool that is empty, holds the thread for as long
/// as the network stack likes: minutes, or for ever. The threads behind it queue up, and
/// what was one slow server becomes an outage.
///
/// ## Example
/// ```cpp
/// PGconn *conn = PQconnectdb("host=db dbname=app");
/// ```
///
/// ## Use instead
/// ```cpp
/// PGconn *conn = PQconnectdb("host=db dbname=app connect_timeout=5");
/// ```
///
/// ## Known problems
/// A timeout that comes from the environment (`PGCONNECT_TIMEOUT`), from a service file
/// that is not named, or from a driver's own default is not seen. A string that is put
/// together at run time is trusted to name one.
///
/// ## Options
/// None. Models say with `timeout` and `sets-timeout` what bounds a wait.
class NoTimeout {
public:
  static llvm::StringRef id() { return "conn-no-timeout"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_NO_TIMEOUT_NOTIMEOUT_H
