//===- HeldWhileBlocking.h - waiting with a connection in hand --*- C++ -*-===//

#ifndef CONNTIDY_RULES_HELD_WHILE_BLOCKING_HELDWHILEBLOCKING_H
#define CONNTIDY_RULES_HELD_WHILE_BLOCKING_HELDWHILEBLOCKING_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Finds calls that wait for something else while a connection or a transaction is
/// held: sleeps, joins, futures, condition variables, child processes, HTTP requests
/// and other network calls, standard input, locks, and `co_await` of anything that is
/// not the connection's own operation. The wait may lie any number of calls deep; the
/// notes show the way to it.
///
/// Held is what the function acquires itself, or has a function acquire that it calls.
/// What it is given, and what a member or a global holds, is somebody else's to
/// release: see `IncludeBorrowed`.
///
/// ## Why is this bad?
/// A pool of ten serves ten requests at a time. One that sleeps for a second with a
/// connection in hand keeps a slot from a hundred others; a slow web service at the
/// other end of an HTTP request takes the database down with it.
///
/// ## Example
/// ```cpp
/// Lease conn = pool.acquire();
/// Address at = geocode(conn.query("SELECT ..."), http); // an HTTP request
/// conn.exec("UPDATE ...", at);
/// ```
///
/// ## Use instead
/// ```cpp
/// std::string text = withConnection(pool, [](auto &conn) {
///   return conn.query("SELECT ...");
/// });
/// Address at = geocode(text, http);
/// withConnection(pool, [&](auto &conn) { conn.exec("UPDATE ...", at); });
/// ```
///
/// ## Known problems
/// The queries of another connection do not count, nor does waiting for another
/// connection; nor does a lock that a function takes which is called, nor a socket that
/// is waited for more than one call away. Where a function asks a connection for its
/// descriptor, every `poll` and `select` in it is taken to wait for that one. `main` may
/// keep a connection of its own as long as it likes. One whose status says that it could
/// not be opened (`PQstatus`) counts as held all the same.
///
/// ## Options
/// `IncludeBorrowed`: also where the connection is a parameter, a member or a global.
class HeldWhileBlocking {
public:
  static llvm::StringRef id() { return "conn-held-while-blocking"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_HELD_WHILE_BLOCKING_HELDWHILEBLOCKING_H
