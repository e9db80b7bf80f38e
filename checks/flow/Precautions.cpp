//===- Precautions.cpp - timeouts, and failures nobody looks at -----------===//
//
// Notes the calls that may wait without end where that can be seen, and the
// handles that are used before anybody has looked whether their acquire
// succeeded. Functions of which nothing is told are trusted to see to both.
//
//===----------------------------------------------------------------------===//

#include "flow/Solver.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Expr.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;

namespace conntidy::flow {

/// Keywords of an array that are looked at.
static constexpr unsigned MaxKeywords = 64;

void Solver::forLeasesOf(State &S, const Value &V,
                         llvm::function_ref<void(HeldLease &)> Do) {
  SymbolId Handle = handleOf(S, V);
  if (!Handle.valid())
    return;
  for (HeldLease &L : S.Leases)
    if (L.Handle == Handle)
      Do(L);
}

void Solver::trustCallee(State &S, const Invocation &I) {
  if (S.Leases.empty())
    return;
  // `check(open(path, &db))`; who prints a code does not look at it.
  auto LookAt = [&](const Value &V) {
    for (HeldLease &L : S.Leases)
      L.Looked |= V.isSymbol() && L.Result == V.Symbol &&
                  L.Handle != V.Symbol;
  };
  if (!I.Callee || !I.Callee->isVariadic())
    for (const Value &V : I.Args) {
      LookAt(V);
      if (V.isAddress())
        if (const Value *Held = S.Places.find(V.Place))
          LookAt(*Held);
    }
  if (I.Callee && isOfALibrary(I.Callee))
    return;
  auto Trust = [](HeldLease &L) { L.Looked = L.Bounded = true; };
  if (I.HasObject)
    forLeasesOf(S, I.Object, Trust);
  for (const Value &V : I.Args) {
    forLeasesOf(S, V, Trust);
    PlaceId Object = placeOf(V);
    if (!Object.valid())
      continue;
    for (auto &[Place, Held] : S.Places)
      if (Held.isSymbol() && Table.within(Place, Object))
        forLeasesOf(S, Held, Trust);
  }
}

/// `key=`, wherever a word may begin.
static bool namesKey(llvm::StringRef Text, llvm::StringRef Key) {
  for (size_t At = Text.find_insensitive(Key); At != llvm::StringRef::npos;
       At = Text.find_insensitive(Key, At + 1)) {
    bool Begins =
        At == 0 || !(llvm::isAlnum(Text[At - 1]) || Text[At - 1] == '_');
    if (Begins && Text.drop_front(At + Key.size()).ltrim().starts_with("="))
      return true;
  }
  return false;
}

std::optional<UnboundedWait>
Solver::unboundedWait(State &S, const Invocation &I, const model::Timeout &T) {
  UnboundedWait W;
  W.Instead = T.Instead;
  if (!T.Keys.empty())
    W.Key = T.Keys.front();
  if (T.Text) {
    auto Text = literalAt(textAt(I, *T.Text, S));
    // A text that says nothing leaves everything to the environment.
    if (!Text || !llvm::StringRef(*Text).contains('=') ||
        namesKey(*Text, "service") ||
        llvm::any_of(T.Keys,
                     [&](llvm::StringRef Key) { return namesKey(*Text, Key); }))
      return std::nullopt;
    W.Why = UnboundedWait::Kind::NoKey;
    return W;
  }
  if (T.Keywords) {
    PlaceId Array = slotPlace(I, *T.Keywords, S);
    for (unsigned N = 0; Array.valid() && N < MaxKeywords; ++N) {
      Value V =
          load(S, Value::address(Table.field(Array, PseudoField::Element, N)));
      if (V.isInt() && V.Low == 0) {
        W.Why = UnboundedWait::Kind::NoKey;
        return N ? std::optional(W) : std::nullopt;
      }
      auto Key = literalAt(V);
      if (!Key || *Key == "service" || llvm::is_contained(T.Keys, *Key))
        return std::nullopt;
    }
    return std::nullopt;
  }
  if (T.Argument) {
    Value V = slotValue(I, *T.Argument, S);
    if (V.isSymbol())
      if (Fact F = S.fact(V.Symbol); F.Low == F.High)
        V = Value::integer(F.Low);
    if (!V.isInt() || !llvm::is_contained(T.Forever, V.Low))
      return std::nullopt;
    W.Why = UnboundedWait::Kind::Forever;
    return W;
  }
  if (T.SetOn) {
    bool Seen = false, Bounded = false;
    forLeasesOf(S, slotValue(I, *T.SetOn, S), [&](HeldLease &L) {
      Seen = true;
      Bounded |= L.Bounded;
    });
    if (!Seen || Bounded)
      return std::nullopt;
    W.Why = UnboundedWait::Kind::NeverSet;
    return W;
  }
  W.Why = UnboundedWait::Kind::NoTimeout;
  return W;
}

void Solver::noteUnbounded(State &S, const Invocation &I,
                           llvm::ArrayRef<model::FunctionEntry> Entries) {
  for (const model::FunctionEntry &E : Entries) {
    if (E.Entry->SetsTimeout)
      forLeasesOf(S, slotValue(I, *E.Entry->SetsTimeout, S),
                  [](HeldLease &L) { L.Bounded = true; });
    if (!E.Entry->Waits || !I.Where)
      continue;
    std::optional<UnboundedWait> W = unboundedWait(S, I, *E.Entry->Waits);
    if (!W)
      continue;
    W->Where = rangeOf(*I.Where);
    W->Api = I.Callee ? model::qualifiedName(I.Callee) : E.Entry->Names.front();
    if (llvm::none_of(Unbounded, [&](const UnboundedWait &Known) {
          return Known.Where == W->Where;
        }))
      Unbounded.push_back(std::move(*W));
  }
}

/// True if the call works with what stands in this slot, which takes one that
/// is in order.
static bool worksWith(const model::Function &F, const model::Slot &At) {
  return (F.Executes && F.Executes->On == At) ||
         (F.Begins && F.Begins->On == At) ||
         llvm::any_of(F.Acquires,
                      [&](const model::Acquire &A) { return A.Parent == At; });
}

void Solver::noteUnchecked(State &S, const Invocation &I,
                           llvm::ArrayRef<model::FunctionEntry> Entries) {
  if (S.Leases.empty() || !I.Where)
    return;
  for (const model::FunctionEntry &E : Entries) {
    if (E.Entry->StatusOf)
      forLeasesOf(S, slotValue(I, E.Entry->StatusOf->Of, S),
                  [](HeldLease &L) { L.Looked = true; });
    auto Check = [&](const model::Slot &At) {
      if (!worksWith(*E.Entry, At))
        return;
      forLeasesOf(S, slotValue(I, At, S), [&](HeldLease &L) {
        if (std::exchange(L.Looked, true) || !site(L.Lease).Where)
          return;
        UncheckedAcquire U;
        U.Acquired = rangeOf(*site(L.Lease).Where);
        std::string Release;
        describeLease(site(L.Lease), U.Api, U.Noun, Release);
        U.HandleName = site(L.Lease).HandleName;
        U.UsedBy =
            I.Callee ? model::qualifiedName(I.Callee) : E.Entry->Names.front();
        U.Used = rangeOf(*I.Where);
        U.UsedLine = Env.Context.getSourceManager().getExpansionLineNumber(
            U.Used.getBegin());
        U.Trail = trailOf(S, L);
        if (llvm::none_of(Unchecked, [&](const UncheckedAcquire &Known) {
              return Known.Acquired == U.Acquired;
            }))
          Unchecked.push_back(std::move(U));
      });
    };
    Check({model::Slot::Kind::This, 0});
    for (unsigned N = 0; N < I.Args.size(); ++N)
      Check({model::Slot::Kind::Arg, N});
  }
}

} // namespace conntidy::flow
