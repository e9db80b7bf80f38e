//===- MemberFacts.h - what a class does with a member ----------*- C++ -*-===//
//
// Defines MemberFacts: whether any code can release the handle that a class
// keeps in a member, and whether one is there whenever a method begins. Both
// are said only of members that no code but the class can get at, all of it
// seen.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_ANALYSIS_MEMBERFACTS_H
#define CONNTIDY_ANALYSIS_MEMBERFACTS_H

#include "flow/LeaseFlow.h"
#include "llvm/ADT/DenseMap.h"

namespace clang {
class CXXMethodDecl;
class CXXRecordDecl;
class FieldDecl;
} // namespace clang

namespace conntidy {

class MemberFacts {
public:
  /// \p Environment has the summaries of all functions by now.
  explicit MemberFacts(flow::FlowEnvironment &Environment)
      : Environment(Environment) {}

  /// Neither the destructor nor any method releases what \p F holds, hands it
  /// out or lends it to somebody who might.
  bool neverReleased(const clang::FieldDecl *F);
  /// Every constructor leaves a handle of its own in \p F, and nothing but the
  /// destructor takes it away again.
  bool openFromTheStart(const clang::FieldDecl *F);
  /// What \p F holds is not borrowed: the destructor releases it, and nobody
  /// stores what he was given.
  bool isOwned(const clang::FieldDecl *F);

  /// The method that users of the class have to call to release what \p F
  /// holds; null if there is none for them.
  const clang::CXXMethodDecl *closerOf(const clang::FieldDecl *F);

private:
  struct Facts {
    bool Closed = false;       ///< all code that can name it is seen
    bool Escapes = false;      ///< some code hands it out
    bool EscapesAtEnd = false; ///< the destructor does
    bool Released = false;     ///< by a method that is no destructor
    bool Destroyed = false;    ///< by the destructor
    bool Borrows = false;      ///< set to what somebody else gave
    bool Emptied = false;      ///< released, or set, with no fresh one after it
    bool OpenAtFirst = false;
  };
  const Facts &of(const clang::FieldDecl *F);
  Facts compute(const clang::FieldDecl *F);
  void addSummary(const clang::CXXMethodDecl *M, const clang::FieldDecl *F,
                  Facts &Result);

  flow::FlowEnvironment &Environment;
  llvm::DenseMap<const clang::FieldDecl *, Facts> Known;
};

} // namespace conntidy

#endif // CONNTIDY_ANALYSIS_MEMBERFACTS_H
