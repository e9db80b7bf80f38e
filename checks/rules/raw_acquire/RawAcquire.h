//===- RawAcquire.h - a lease no guard ever owns ----------------*- C++ -*-===//

#ifndef CONNTIDY_RULES_RAW_ACQUIRE_RAWACQUIRE_H
#define CONNTIDY_RULES_RAW_ACQUIRE_RAWACQUIRE_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Points at C++ code that acquires a lease into a raw handle and releases it by
/// hand, even where every path does.
///
/// ## Why is this bad?
/// It holds until somebody adds an early return or a call that throws. Code bases
/// that allow guards only have no such day.
///
/// ## Example
/// ```cpp
/// sqlite3 *db = nullptr;
/// sqlite3_open(path, &db);
/// count(db);
/// sqlite3_close(db);
/// ```
///
/// ## Use instead
/// ```cpp
/// struct Close { void operator()(sqlite3 *d) const { sqlite3_close(d); } };
/// sqlite3 *raw = nullptr;
/// sqlite3_open(path, &raw);
/// std::unique_ptr<sqlite3, Close> db(raw);
/// count(db.get());
/// ```
///
/// ## Known problems
/// It says nothing about C, which has no guards. It is advice, and off by default.
///
/// ## Options
/// None.
class RawAcquire {
public:
  static llvm::StringRef id() { return "conn-raw-acquire"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_RAW_ACQUIRE_RAWACQUIRE_H
