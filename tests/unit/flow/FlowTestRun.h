//===- FlowTestRun.h - a snippet and what becomes of it ---------*- C++ -*-===//
//
// Defines FlowTestRun: parses a snippet that sees the little library declared
// in FlowTestRun.cpp, and gives what the engine makes of it: events, summaries,
// what may be thrown, leaks. Places are named by `// @label` on their line, so
// that a test holds no line numbers.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_TESTS_UNIT_FLOW_FLOWTESTRUN_H
#define CONNTIDY_TESTS_UNIT_FLOW_FLOWTESTRUN_H

#include "analysis/Analysis.h"
#include "cfg/Throws.h"
#include "finding/Finding.h"
#include "flow/Event.h"
#include "model/ModelSet.h"
#include "gtest/gtest.h"
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace clang {
class ASTUnit;
class CXXTryStmt;
class NamedDecl;
} // namespace clang

namespace conntidy::testing {

using Lines = std::vector<std::string>;

struct SnippetOptions {
  std::string Standard = "c++20"; ///< begins with `c++`, or it is C
  Settings Set;
  /// Name and text of headers found through `-isystem`.
  std::vector<std::pair<std::string, std::string>> SystemHeaders;
  /// YAML of the models; empty: the little library of the tests.
  std::string Model;
  /// Whose word that is.
  model::Origin From = model::Origin::BuiltIn;

  /// `#include <coroutine>` gives as much as a coroutine returning `Task`
  /// needs.
  static SnippetOptions withCoroutines();
};

class FlowTestRun {
public:
  static FlowTestRun on(llvm::StringRef Code, SnippetOptions Options = {});
  static FlowTestRun onC(llvm::StringRef Code) {
    SnippetOptions Options;
    Options.Standard = "c17";
    return on(Code, Options);
  }
  FlowTestRun(FlowTestRun &&) noexcept;
  ~FlowTestRun();

  /// One line a finding of every check but conn-raw-acquire, in source order:
  /// `conn-leak at open, skipped by early, end`, with the labels of the acquire
  /// and of the exits.
  Lines leaks() const;
  /// Labels of the acquires that no guard owns, by conn-raw-acquire.
  Lines rawAcquires() const;
  /// Everything the checks say, in source order.
  const std::vector<Finding> &findings() const { return Result.Findings; }
  /// The only finding of the run.
  Record onlyRecord() const;
  const UnitStatistics &statistics() const { return Result.Statistics; }

  /// The events of a function as text, one a line, without indentation.
  Lines events(llvm::StringRef Function) const;
  /// Succeeds if the lines of \p Patterns occur in the events of \p Function in
  /// this order, others between them. `$name` stands for one word, the same
  /// word at each of its uses.
  ::testing::AssertionResult lowersTo(llvm::StringRef Function,
                                      llvm::StringRef Patterns) const;

  /// One line a case of a function's summary, sorted: `returns 0: releases
  /// param1; stores (*param2) <- 0`. Empty if it touches no lease.
  Lines summaryOf(llvm::StringRef Function) const;

  clang::ASTContext &context() const;
  const model::ModelIndex &models() const { return *Index; }
  /// The first function, class or other declaration of this name.
  template <typename Decl> const Decl *find(llvm::StringRef Name) const {
    return llvm::dyn_cast_or_null<Decl>(named(Name));
  }
  const clang::FunctionDecl *function(llvm::StringRef Name) const;
  /// What a call of the function may throw, sorted: `Error (definite)`,
  /// `anything (likely)`.
  Lines thrownBy(llvm::StringRef Function) const;
  /// The label of the line, or `line N`.
  std::string labelOf(clang::SourceLocation At) const;

private:
  FlowTestRun();
  const clang::NamedDecl *named(llvm::StringRef Name) const;
  std::string labelOfLine(unsigned Line) const;

  // Behind pointers, because they refer to each other and the run moves.
  std::unique_ptr<clang::ASTUnit> Unit;
  std::unique_ptr<model::ModelSet> Models;
  std::unique_ptr<model::ModelIndex> Index;
  std::unique_ptr<ThrowInference> Throws;
  std::map<unsigned, std::string> Labels;
  UnitResult Result;
  std::string Summaries;
};

/// `Error (definite)`, ..., sorted.
Lines toLines(const ThrownSet &Set);

} // namespace conntidy::testing

#endif // CONNTIDY_TESTS_UNIT_FLOW_FLOWTESTRUN_H
