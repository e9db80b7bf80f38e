//===- HeldTooLong.h - a connection held after its last use -----*- C++ -*-===//

#ifndef CONNTIDY_RULES_HELD_TOO_LONG_HELDTOOLONG_H
#define CONNTIDY_RULES_HELD_TOO_LONG_HELDTOOLONG_H

#include "finding/Finding.h"
#include "flow/LeaseFlow.h"

namespace conntidy::rules {

/// ## What it does
/// Finds connections and transactions that are still held while a function does work
/// for which it needs them no more: between the last use and the release lie calls that
/// take their time. That is what a model calls costly (compression, hashing, sorting),
/// what a loop does again and again (formatting, output, calls to other functions of the
/// project), and functions whose bodies do either. How many lines there are makes no
/// difference.
///
/// Reading a result, a statement or a row counts as using the connection they come from;
/// so does what an object does that was made from it.
///
/// ## Why is this bad?
/// Nobody else can have the connection meanwhile. A pool that is large enough for the
/// queries is too small for queries and rendering.
///
/// ## Example
/// ```cpp
/// Connection conn = pool.acquire();
/// std::vector<Line> lines = load(conn);
/// std::string html;
/// for (const Line &line : lines)
///   html += render(line); // with the connection in hand
/// return html;
/// ```
///
/// ## Use instead
/// ```cpp
/// std::vector<Line> lines;
/// {
///   Connection conn = pool.acquire();
///   lines = load(conn);
/// }
/// std::string html;
/// for (const Line &line : lines)
///   html += render(line);
/// return html;
/// ```
///
/// ## Known problems
/// What a function costs whose body is not seen is not known: in a loop it counts, on its
/// own it does not. A connection that is returned, or kept in a member, is not looked at;
/// nor is what `main` does with one of its own.
///
/// ## Options
/// `MaxPathStates`, `MaxSteps`: how many path states are kept apart.
class HeldTooLong {
public:
  static llvm::StringRef id() { return "conn-held-too-long"; }
  void check(const flow::LeaseFlow &Flow, std::vector<Finding> &Sink) const;
};

} // namespace conntidy::rules

#endif // CONNTIDY_RULES_HELD_TOO_LONG_HELDTOOLONG_H
