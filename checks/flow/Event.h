//===- Event.h - the printable form a function is lowered to ----*- C++ -*-===//
//
// Defines Program: blocks of events. An event is one small step of a function
// as the lease flow sees it; every operand is a temporary (`t7`). Clang's nodes
// ride along to point at, never to be walked again. A glvalue and a class
// prvalue are represented by the address of the object, so `.`, `->`, `*` and
// `&` cost nothing.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_FLOW_EVENT_H
#define CONNTIDY_FLOW_EVENT_H

#include "cfg/Throws.h"
#include "flow/Value.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"
#include <memory>

namespace clang {
class CXXCatchStmt;
class CXXRecordDecl;
class CXXTryStmt;
class Decl;
class Expr;
class FunctionDecl;
class Stmt;
} // namespace clang
namespace llvm {
class raw_ostream;
}

namespace conntidy::flow {

enum class Op : uint8_t {
  Constant,    ///< result = Number
  Literal,     ///< result = address of the string literal Origin
  Function,    ///< result = address of the function Declared
  Variable,    ///< result = address of the variable Declared
  This,        ///< result = the this pointer
  Field,       ///< result = address of A.Declared
  Element,     ///< result = address of A[Number]
  Scatter,     ///< result = A, an array whose elements are told apart no longer
  Load,        ///< result = *A
  Store,       ///< *A = B; Flag: B was made from what A held (`c = f(c)`)
  Copy,        ///< result = A
  Not,         ///< result = !A
  Compare,     ///< result = (A lies in Low..High) xor Flag; B if valid: A == B
  Opaque,      ///< result = something new; made from the pointer A if valid
  Derive,      ///< result = A combined with the constant Low by operator High
  Materialize, ///< result = address of a temporary that holds A
  MoveObject,  ///< the object at B becomes the object at A (elided copy)
  CopyObject,  ///< the object at B is copied to A memberwise; Flag: moved
  Call,        ///< result = Call; Declared: the variable whose `cleanup` it is
  Allocate,    ///< result = a new object, initialised from A if valid
  Delete,      ///< the object A points to is destroyed and freed
  Declare,     ///< the variable Declared begins to live
  Destroy,     ///< the variable Declared is destroyed
  Bind,        ///< the temporary object A will be destroyed
  DestroyTemporary, ///< the temporary object A is destroyed; Flag: it was a
                    ///< statement of its own
  DestroyField,     ///< this->Declared is destroyed
  DestroyBase,      ///< the base class of this object is destroyed
  Closure,          ///< result = address of a closure; captures were stored
  Throw,            ///< throws; Flag: rethrows
  Handler,          ///< an exception is caught
  Suspend,          ///< a coroutine waits for Origin, a co_await expression
  Return,           ///< returns A if valid; Flag: A is an object
};

/// A call, with everything about it that does not depend on the path.
struct CallSite {
  const clang::Expr *Where = nullptr;
  const clang::FunctionDecl *Callee = nullptr; ///< null: indirect
  const clang::Decl *Through =
      nullptr; ///< field or variable of an indirect call
  TempId CalleeValue;
  TempId Object; ///< address of *this
  llvm::SmallVector<TempId, 4> Args;
  llvm::SmallVector<const clang::Expr *, 4> ArgExprs;
  bool Constructs = false;
  bool NoReturn = false;
};

struct Event {
  Op What = Op::Opaque;
  bool Flag = false;
  TempId Result;
  TempId A;
  TempId B;
  int64_t Low = 0; ///< Number of Constant and Element
  int64_t High = 0;
  const clang::Decl *Declared = nullptr;
  const clang::CXXRecordDecl *Class = nullptr; ///< of what is destroyed
  const clang::Stmt *Origin = nullptr;
  const clang::CXXTryStmt *Try = nullptr;       ///< innermost try around it
  const clang::CXXCatchStmt *Handler = nullptr; ///< around a rethrow
  std::unique_ptr<CallSite> Call;
  /// Opaque: what computing it may throw, if anything.
  std::unique_ptr<ThrownSet> MayThrow;
};

/// The temporaries that an event reads.
template <typename F> void forEachOperand(const Event &E, F Visit) {
  Visit(E.A);
  Visit(E.B);
  if (E.Call) {
    Visit(E.Call->CalleeValue);
    Visit(E.Call->Object);
    for (TempId Arg : E.Call->Args)
      Visit(Arg);
  }
}

/// What an edge assumes of a temporary.
struct Assumption {
  TempId Subject;
  /// Taken if the subject lies in one of these; negated: in none.
  llvm::SmallVector<std::pair<int64_t, int64_t>, 2> Ranges;
  bool Negated = false;
  const clang::Stmt *Condition = nullptr; ///< for the trail
  bool IsCase = false;                    ///< a switch, not a branch
};

struct Edge {
  unsigned Target = 0;
  std::optional<Assumption> Assumed;
  /// `a && b` is false when a is: set on the edge that skips b, as is all that
  /// this decides around it.
  llvm::SmallVector<std::pair<TempId, int64_t>, 1> Sets;
  /// Taken only if this temporary is (not) waiting to be destroyed.
  const clang::Stmt *IfPending = nullptr;
  bool Pending = false;
};

struct Block {
  Block() = default;
  Block(Block &&) noexcept = default; // calls are not copied
  std::vector<Event> Events;
  llvm::SmallVector<Edge, 2> Edges;
};

struct Program {
  const clang::FunctionDecl *Function = nullptr;
  std::vector<Block> Blocks;
  unsigned Entry = 0;
  unsigned Exit = 0;
  std::vector<unsigned> Order; ///< position of each block in reverse post-order
  llvm::DenseMap<const clang::CXXCatchStmt *, unsigned> Handlers;
  /// The try around a try.
  llvm::DenseMap<const clang::CXXTryStmt *, const clang::CXXTryStmt *> Outer;
  unsigned Temps = 0;
  std::vector<bool> CrossesBlocks; ///< by temporary: used where it is not made
  /// By place of declaration: variables whose try matters for unwinding.
  llvm::DenseMap<const clang::Decl *, const clang::CXXTryStmt *> DeclaredIn;

  /// What stands in a branch that hardly anything leads to, and may throw.
  llvm::DenseSet<const clang::Stmt *> Unlikely;

  /// True if \p Inner is \p T or nested within it.
  bool inside(const clang::CXXTryStmt *Inner, const clang::CXXTryStmt *T) const;
  void print(llvm::raw_ostream &Out) const;
};

} // namespace conntidy::flow

#endif // CONNTIDY_FLOW_EVENT_H
