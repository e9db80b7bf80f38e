//===- Event.cpp - printing programs --------------------------------------===//

#include "flow/Event.h"
#include "model/ModelSet.h"
#include "clang/AST/Decl.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/Support/raw_ostream.h"

namespace conntidy::flow {

bool Program::inside(const clang::CXXTryStmt *Inner,
                     const clang::CXXTryStmt *T) const {
  for (; Inner; Inner = Outer.lookup(Inner))
    if (Inner == T)
      return true;
  return false;
}

static std::string nameOf(const clang::Decl *D) {
  if (auto *N = llvm::dyn_cast_or_null<clang::NamedDecl>(D))
    return N->getNameAsString().empty() ? "<unnamed>" : N->getNameAsString();
  return "?";
}

static std::string t(TempId T) {
  return T.valid() ? "t" + std::to_string(T.Number) : "_";
}

static void print(llvm::raw_ostream &Out, const Event &E) {
  if (E.Result.valid())
    Out << t(E.Result) << " = ";
  switch (E.What) {
  case Op::Constant:
    Out << "constant " << E.Low;
    break;
  case Op::Literal:
    Out << "literal "
        << llvm::cast<clang::StringLiteral>(E.Origin)->getByteLength();
    break;
  case Op::Function:
    Out << "function " << nameOf(E.Declared);
    break;
  case Op::Variable:
    Out << "variable " << nameOf(E.Declared);
    break;
  case Op::This:
    Out << "this";
    break;
  case Op::Field:
    Out << "field " << t(E.A) << "." << nameOf(E.Declared);
    break;
  case Op::Element:
    Out << "element " << t(E.A) << "[" << E.Low << "]";
    break;
  case Op::Scatter:
    Out << "scatter " << t(E.A);
    break;
  case Op::Load:
    Out << "load " << t(E.A);
    break;
  case Op::Store:
    Out << "store " << t(E.A) << " <- " << t(E.B)
        << (E.Flag ? " (made from what it held)" : "");
    break;
  case Op::Copy:
    Out << "copy " << t(E.A);
    break;
  case Op::Not:
    Out << "not " << t(E.A);
    break;
  case Op::Compare:
    Out << "compare " << t(E.A);
    if (E.B.valid())
      Out << (E.Flag ? " != " : " == ") << t(E.B);
    else
      Out << (E.Flag ? " not in " : " in ") << E.Low << ".." << E.High;
    break;
  case Op::Opaque:
    Out << "opaque";
    break;
  case Op::Derive:
    Out << "derive " << t(E.A) << " with " << E.Low;
    break;
  case Op::Materialize:
    Out << "materialize " << t(E.A);
    break;
  case Op::MoveObject:
    Out << "move object " << t(E.A) << " <- " << t(E.B);
    break;
  case Op::CopyObject:
    Out << (E.Flag ? "move-construct " : "copy object ") << t(E.A) << " <- "
        << t(E.B);
    break;
  case Op::Call: {
    const CallSite &C = *E.Call;
    Out << (C.Constructs ? "construct " : "call ")
        << (C.Callee ? model::qualifiedName(C.Callee)
                     : "through " + nameOf(C.Through));
    if (C.Object.valid())
      Out << " on " << t(C.Object);
    Out << "(";
    for (size_t N = 0; N < C.Args.size(); ++N)
      Out << (N ? ", " : "") << t(C.Args[N]);
    Out << ")" << (C.NoReturn ? " noreturn" : "");
    break;
  }
  case Op::Allocate:
    Out << "allocate " << t(E.A);
    break;
  case Op::Delete:
    Out << "delete " << t(E.A);
    break;
  case Op::Declare:
    Out << "declare " << nameOf(E.Declared);
    break;
  case Op::Destroy:
    Out << "destroy local " << nameOf(E.Declared);
    break;
  case Op::Bind:
    Out << "bind temporary " << t(E.A);
    break;
  case Op::DestroyTemporary:
    Out << "destroy temporary " << t(E.A);
    break;
  case Op::DestroyField:
    Out << "destroy field " << nameOf(E.Declared);
    break;
  case Op::DestroyBase:
    Out << "destroy base " << nameOf(E.Class);
    break;
  case Op::Closure:
    Out << "closure";
    break;
  case Op::Throw:
    Out << (E.Flag ? "rethrow" : "throw");
    break;
  case Op::Suspend:
    Out << "suspend";
    break;
  case Op::Handler:
    Out << "enter handler";
    break;
  case Op::Return:
    Out << "return " << t(E.A);
    break;
  }
  if (E.Try)
    Out << "  [in try]";
  Out << "\n";
}

void Program::print(llvm::raw_ostream &Out) const {
  Out << "function " << model::qualifiedName(Function) << "\n";
  for (size_t N = Blocks.size(); N-- > 0;) {
    const Block &B = Blocks[N];
    Out << "  block " << N << (N == Entry ? " (entry)" : "")
        << (N == Exit ? " (exit)" : "") << "\n";
    for (const Event &E : B.Events) {
      Out << "    ";
      flow::print(Out, E);
    }
    for (const Edge &E : B.Edges) {
      Out << "    -> block " << E.Target;
      if (E.Assumed) {
        Out << " assuming " << t(E.Assumed->Subject)
            << (E.Assumed->Negated ? " not in" : " in");
        for (auto [L, H] : E.Assumed->Ranges)
          Out << " " << L << ".." << H;
      }
      if (E.IfPending)
        Out << (E.Pending ? " if a temporary is pending"
                          : " if no temporary is pending");
      Out << "\n";
    }
  }
}

} // namespace conntidy::flow
