//===- ModelValidation.cpp - what is wrong with well-formed models --------===//
//
// Defines validate(): names that stand for nothing, places a call cannot have,
// and entries that contradict themselves or each other.
//
//===----------------------------------------------------------------------===//

#include "model/ModelReader.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

using llvm::StringRef;

namespace conntidy::model {
namespace {

/// Looks at one library; the first thing wrong is kept.
class Validator {
public:
  Validator(const std::vector<Library> &All, const Library &L)
      : All(All), L(L) {}

  llvm::Error run() {
    checkResources();
    for (const Function &F : L.Functions)
      checkFunction(F);
    for (const Class &C : L.Classes)
      checkClass(C);
    checkContradictions();
    if (Problem.empty())
      return llvm::Error::success();
    return llvm::createStringError(Problem);
  }

private:
  void report(unsigned Line, const llvm::Twine &Message) {
    if (Problem.empty())
      Problem = (L.File + ":" + llvm::Twine(Line) + ": " + Message).str();
  }

  static bool has(const Library &In, StringRef Name) {
    return llvm::any_of(In.Resources,
                        [&](const Resource &R) { return R.Name == Name; });
  }

  void checkResourceName(StringRef Name, unsigned Line) {
    if (has(L, Name))
      return;
    auto [Library, Rest] = Name.split('.');
    for (const model::Library &Other : All)
      if (!Rest.empty() && Other.Name == Library && has(Other, Rest))
        return;
    report(Line, "unknown resource '" + Name + "' in library '" + L.Name +
                     "'; declare it under 'resources', or name the library it "
                     "belongs to ('library.resource')");
  }

  void checkResources() {
    llvm::StringSet<> Names;
    for (const Resource &R : L.Resources) {
      if (!Names.insert(R.Name).second)
        report(R.Line, "resource '" + R.Name +
                           "' is declared twice; keep one of the two");
      for (const std::string &Parent : R.DerivesFrom)
        checkResourceName(Parent, R.Line);
    }
  }

  /// `arg:0` is refused where it is read; here only what the arity tells.
  void checkSlot(const Slot &S, const Function &F) {
    bool IsArgument =
        S.Where == Slot::Kind::Arg || S.Where == Slot::Kind::Pointee;
    if (IsArgument && F.Arity && S.Index >= *F.Arity)
      report(F.Line, "'" + F.Names.front() + "' has no argument " +
                         llvm::Twine(S.Index + 1) + ": its 'arity' is " +
                         llvm::Twine(*F.Arity));
  }

  /// The engine tells the cases of a call apart by what it returns.
  void checkWhen(const std::optional<Condition> &C, const Function &F) {
    if (C && C->About == Condition::Subject::Field)
      report(F.Line, "'" + F.Names.front() +
                         "' asks under 'when' what the call leaves in " +
                         (C->Field.empty() ? "an out-parameter"
                                           : "field '" + C->Field + "'") +
                         "; that can be asked under 'held' only");
  }

  void checkFunction(const Function &F) {
    if (F.Names.empty())
      return report(F.Line, "this entry has no names; give at least one");
    for (const ArgumentIs &A : F.When)
      checkSlot(A.Arg, F);
    for (const Acquire &A : F.Acquires) {
      checkResourceName(A.Resource, A.Line);
      checkSlot(A.Handle, F);
      if (A.Pool)
        checkSlot(*A.Pool, F);
      if (A.Parent)
        checkSlot(*A.Parent, F);
      for (const Condition &C : A.Held)
        checkSlot(C.Of, F);
    }
    for (const Release &R : F.Releases) {
      checkResourceName(R.Resource, R.Line);
      checkSlot(R.Handle, F);
      if (R.Handle.Where == Slot::Kind::Return)
        report(R.Line,
               "'" + F.Names.front() +
                   "' cannot release what it returns; name the argument "
                   "or 'this'");
      if (R.Pool)
        checkSlot(*R.Pool, F);
      checkWhen(R.When, F);
    }
    for (const DerivedRelease &R : F.ReleasesDerived) {
      checkResourceName(R.Resource, R.Line);
      checkSlot(R.Of, F);
    }
    for (const Take &T : F.Takes) {
      checkSlot(T.Handle, F);
      if (T.Handle.Where == Slot::Kind::Return)
        report(F.Line, "'" + F.Names.front() + "' cannot take what it returns");
      if (!T.Conversion.empty() && T.Handle.Where != Slot::Kind::Arg)
        report(F.Line, "'" + F.Names.front() +
                           "' takes by a conversion, but its handle is no "
                           "format string; use 'arg:N'");
      checkWhen(T.When, F);
    }
    for (const View &V : F.Views) {
      checkSlot(V.Handle, F);
      checkSlot(V.Of, F);
    }
    for (const Slot &S : F.EndsViewsOf)
      checkSlot(S, F);
    for (const Slot &S : F.Callbacks)
      checkSlot(S, F);
    if (F.Returns)
      checkSlot(*F.Returns, F);
    checkTransactions(F);
    checkOwnContradictions(F);
  }

  void checkTransactions(const Function &F) {
    if (F.Begins) {
      checkSlot(F.Begins->On, F);
      checkWhen(F.Begins->When, F);
    }
    for (const std::optional<Slot> &On : {F.Commits, F.RollsBack})
      if (On)
        checkSlot(*On, F);
    if (F.Executes) {
      checkSlot(F.Executes->Text, F);
      if (F.Executes->On)
        checkSlot(*F.Executes->On, F);
      checkWhen(F.Executes->When, F);
    }
    for (const std::optional<Answer> &A : {F.StatusOf, F.InTransaction})
      if (A) {
        checkSlot(A->Of, F);
        checkWhen(A->Good, F);
      }
    if (F.SetsTimeout)
      checkSlot(*F.SetsTimeout, F);
    if (const auto &T = F.Waits) {
      for (const std::optional<Slot> &At :
           {T->Text, T->Keywords, T->Argument, T->SetOn})
        if (At)
          checkSlot(*At, F);
      if ((T->Text || T->Keywords) == T->Keys.empty())
        report(F.Line, "'" + F.Names.front() +
                           "' has a timeout in a text or in keywords, but "
                           "'keys' does not fit: name both or neither");
      if (T->Argument.has_value() == T->Forever.empty())
        report(F.Line, "'" + F.Names.front() +
                           "' has a timeout as an argument, but 'forever' does "
                           "not fit: name both or neither");
    }
    if (F.Begins && (F.Commits || F.RollsBack))
      report(F.Line, "'" + F.Names.front() +
                         "' both begins and ends a transaction; keep one, or "
                         "tell the two apart by 'when'");
  }

  void checkOwnContradictions(const Function &F) {
    for (const Release &R : F.Releases) {
      if (R.When)
        continue;
      for (const Acquire &A : F.Acquires)
        if (A.Resource == R.Resource && A.Handle == R.Handle)
          report(R.Line, "'" + F.Names.front() + "' acquires and releases '" +
                             R.Resource +
                             "' in the same place; keep one, or say "
                             "'when' it is released");
      for (const Take &T : F.Takes)
        if (!T.When && T.Handle == R.Handle)
          report(R.Line, "'" + F.Names.front() +
                             "' releases and takes the same handle; keep one");
    }
    if (F.NullOnFailure && !F.Returns)
      report(F.Line, "'" + F.Names.front() +
                         "' has 'null-on-failure' but no 'returns'; add which "
                         "argument it gives back");
    if (F.NoReturn && F.Returns)
      report(F.Line, "'" + F.Names.front() +
                         "' is 'noreturn' and 'returns' something; keep one");
  }

  void checkClass(const Class &C) {
    if (C.Names.empty())
      return report(C.Line, "this entry has no names; give at least one");
    if (!C.Holds.empty())
      checkResourceName(C.Holds, C.Line);
    else if (!C.ClosedBy.empty())
      report(C.Line, "'" + C.Names.front() +
                         "' has 'closed-by' but holds nothing; add 'holds: "
                         "RESOURCE'");
    if (C.GuardOf && C.Container)
      report(C.Line, "'" + C.Names.front() +
                         "' is both a guard and a container; keep one");
  }

  /// True if both entries can apply to one call.
  static bool overlap(const Function &A, const Function &B) {
    if (A.Arity && B.Arity && *A.Arity != *B.Arity)
      return false;
    for (const ArgumentIs &X : A.When)
      for (const ArgumentIs &Y : B.When) {
        if (!(X.Arg == Y.Arg) || X.Named != Y.Named)
          continue;
        if (!X.Negated && !Y.Negated && X.Value != Y.Value)
          return false;
        if (X.Negated != Y.Negated && X.Value == Y.Value)
          return false;
      }
    return true;
  }

  static bool sameConditions(const Function &A, const Function &B) {
    auto Within = [](const Function &X, const Function &Y) {
      return llvm::all_of(X.When, [&](const ArgumentIs &P) {
        return llvm::any_of(Y.When, [&](const ArgumentIs &Q) {
          return P.Arg == Q.Arg && P.Value == Q.Value &&
                 P.Negated == Q.Negated && P.Named == Q.Named;
        });
      });
    };
    return A.Arity == B.Arity && Within(A, B) && Within(B, A);
  }

  /// One entry acquires or lends what the other releases or takes.
  static bool disagree(const Function &A, const Function &B) {
    for (const Acquire &X : A.Acquires)
      for (const Release &Y : B.Releases)
        if (!Y.When && X.Handle == Y.Handle && X.Resource == Y.Resource)
          return true;
    for (const Release &X : A.Releases)
      for (const Release &Y : B.Releases)
        if (X.Handle == Y.Handle && X.Resource != Y.Resource && !X.When &&
            !Y.When)
          return true;
    for (const Acquire &X : A.Acquires)
      for (const Acquire &Y : B.Acquires)
        if (X.Handle == Y.Handle && X.Resource != Y.Resource)
          return true;
    return false;
  }

  void checkContradictions() {
    llvm::StringMap<std::vector<const Function *>> Seen;
    for (const Function &F : L.Functions)
      for (const std::string &Name : F.Names) {
        for (const Function *Other : Seen[Name]) {
          std::string There =
              " the entry on line " + std::to_string(Other->Line);
          if (Other != &F && sameConditions(*Other, F))
            report(F.Line, "'" + Name +
                               "' is described twice; merge this with" + There +
                               ", or tell them apart by 'arity' or 'when'");
          else if (Other != &F && overlap(*Other, F) &&
                   (disagree(*Other, F) || disagree(F, *Other)))
            report(F.Line, "'" + Name + "' contradicts" + There +
                               ": both can apply to one call");
        }
        Seen[Name].push_back(&F);
      }
    llvm::StringMap<unsigned> Classes;
    for (const Class &C : L.Classes)
      for (const std::string &Name : C.Names)
        if (auto [It, New] = Classes.try_emplace(Name, C.Line); !New)
          report(C.Line, "class '" + Name +
                             "' is described twice; merge this "
                             "with the entry on line " +
                             llvm::Twine(It->second));
  }

  const std::vector<Library> &All;
  const Library &L;
  std::string Problem;
};

} // namespace

llvm::Error validate(const std::vector<Library> &Libraries) {
  for (const Library &L : Libraries)
    if (llvm::Error E = Validator(Libraries, L).run())
      return E;
  return llvm::Error::success();
}

} // namespace conntidy::model
