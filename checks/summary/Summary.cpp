//===- Summary.cpp - merging and printing summaries -----------------------===//

#include "summary/Summary.h"
#include "clang/AST/Decl.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace conntidy {

/// More cases than this are not told apart by any caller worth the time.
static constexpr size_t MaxCases = 16;
/// From here on cases of the same effects are told apart no longer.
static constexpr size_t FewCases = 8;
/// Who writes to more places than that does not do it for its caller's handles.
static constexpr size_t MaxForgotten = 128;

bool SummaryCase::sameEffects(const SummaryCase &O) const {
  auto Plain = [](const SummaryValue &V) {
    return V.What == SummaryValue::Kind::Unknown ||
           V.What == SummaryValue::Kind::Int;
  };
  return Effects == O.Effects && Leases == O.Leases &&
         Transactions == O.Transactions && Objects == O.Objects &&
         ((Plain(Returned) && Plain(O.Returned)) || Returned == O.Returned) &&
         Thrown.has_value() == O.Thrown.has_value();
}

bool SummaryCase::releases() const {
  return llvm::any_of(Effects, [](const SummaryEffect &E) {
    return E.What == SummaryEffect::Kind::Release && !E.Unsure;
  });
}

bool Summary::trivial() const {
  if (TooComplex)
    return false;
  return llvm::all_of(Cases, [](const SummaryCase &C) {
    return C.Effects.empty() && C.Leases.empty() && C.Transactions.empty() &&
           C.Objects == 0 &&
           (C.Returned.What == SummaryValue::Kind::Unknown ||
            C.Returned.What == SummaryValue::Kind::Int);
  });
}

bool Summary::movesLeases() const {
  auto Carries = [](const SummaryValue &V) {
    switch (V.What) {
    case SummaryValue::Kind::Unknown:
    case SummaryValue::Kind::Int:
    case SummaryValue::Kind::Condition:
    case SummaryValue::Kind::Function:
    case SummaryValue::Kind::View:
      return false;
    case SummaryValue::Kind::Entry:
    case SummaryValue::Kind::Address:
    case SummaryValue::Kind::Lease:
    case SummaryValue::Kind::Object:
      return true;
    }
    llvm_unreachable("unknown value");
  };
  return TooComplex || llvm::any_of(Cases, [&](const SummaryCase &C) {
           return !C.Leases.empty() || !C.Transactions.empty() ||
                  Carries(C.Returned) ||
                  llvm::any_of(C.Effects, [&](const SummaryEffect &E) {
                    return E.What == SummaryEffect::Kind::Release ||
                           E.What == SummaryEffect::Kind::Take ||
                           Carries(E.Stored);
                  });
         });
}

bool Summary::neverReturns() const {
  return !TooComplex && llvm::none_of(Cases, [](const SummaryCase &C) {
    return !C.Thrown.has_value();
  });
}

bool Summary::informative() const {
  if (TooComplex || Cases.empty())
    return false;
  return Cases.size() > 1 || !Cases.front().ReturnFact.trivial() ||
         !Cases.front().Needs.empty();
}

/// One case for two of the same effects: only what both need is needed, the
/// return value is one of both.
static void mergeInto(SummaryCase &Known, const SummaryCase &C) {
  llvm::erase_if(Known.Needs, [&](auto &Need) {
    auto It = llvm::find_if(
        C.Needs, [&](auto &Other) { return Other.first == Need.first; });
    if (It == C.Needs.end())
      return true;
    Need.second = flow::Fact::join(Need.second, It->second);
    return Need.second.trivial();
  });
  if (Known.Returned != C.Returned)
    Known.Returned = SummaryValue();
  Known.ReturnFact = flow::Fact::join(Known.ReturnFact, C.ReturnFact);
  if (Known.Thrown)
    Known.Thrown->add(*C.Thrown);
}

/// A store of what is no lease.
static bool isPlain(const SummaryEffect &E) {
  return E.What == SummaryEffect::Kind::Store &&
         (E.Stored.What == SummaryValue::Kind::Unknown ||
          E.Stored.What == SummaryValue::Kind::Int) &&
         E.At.From != Path::Root::Object && E.At.From != Path::Root::Return;
}

static const SummaryEffect *plainStore(const SummaryCase &C, const Path &P) {
  auto It = llvm::find_if(C.Effects, [&](const SummaryEffect &E) {
    return isPlain(E) && E.At == P;
  });
  return It == C.Effects.end() ? nullptr : &*It;
}

/// A handle that is stored where the callee found null overwrites nothing; one
/// case must not forget that for the sake of another.
static bool overwritesAlike(const SummaryCase &A, const SummaryCase &B) {
  return llvm::all_of(A.Effects, [&](const SummaryEffect &E) {
    if (E.What != SummaryEffect::Kind::Store ||
        E.Stored.What != SummaryValue::Kind::Lease)
      return true;
    auto Needs = [&](const SummaryCase &C) {
      return llvm::any_of(C.Needs,
                          [&](const auto &N) { return N.first == E.At; });
    };
    return Needs(A) == Needs(B);
  });
}

/// True if the two differ in what they do to leases.
static bool differInLeases(const SummaryCase &A, const SummaryCase &B) {
  auto Has = [](const SummaryCase &X, const SummaryCase &Y) {
    return llvm::all_of(X.Effects, [&](const SummaryEffect &E) {
      return isPlain(E) || llvm::is_contained(Y.Effects, E);
    });
  };
  return !(A.Leases == B.Leases) || A.Transactions != B.Transactions || !Has(A, B) || !Has(B, A);
}

/// What the cases leave in places that no lease is about is told no more; those
/// that then have the same effects become one.
void Summary::coarsen() {
  llvm::SmallVector<std::pair<size_t, size_t>, 16> Differing;
  for (size_t A = 0; A < Cases.size(); ++A)
    for (size_t B = 0; B < Cases.size(); ++B)
      if (A != B && differInLeases(Cases[A], Cases[B]))
        Differing.push_back({A, B});
  // A number that is left there tells them apart: a status, or a flag beside
  // the acquire.
  auto TellsApart = [&](const Path &P) {
    llvm::SmallVector<const SummaryEffect *, 16> Stores;
    for (const SummaryCase &C : Cases)
      Stores.push_back(Differing.empty() ? nullptr : plainStore(C, P));
    return llvm::any_of(Differing, [&](auto Pair) {
      const SummaryEffect *A = Stores[Pair.first], *B = Stores[Pair.second];
      if (!A || A->Stored.What != SummaryValue::Kind::Int)
        return false;
      return B ? B->Stored.What == SummaryValue::Kind::Int &&
                     A->Stored.Number != B->Stored.Number
               : !Cases[Pair.first].Leases.empty();
    });
  };
  std::vector<Path> Told, Forgotten;
  for (const SummaryCase &C : Cases)
    for (const SummaryEffect &E : C.Effects)
      if (!isPlain(E))
        Told.push_back(E.At);
  for (const SummaryCase &C : Cases)
    for (const SummaryEffect &E : C.Effects)
      if (isPlain(E) && !llvm::is_contained(Told, E.At) &&
          !llvm::is_contained(Forgotten, E.At))
        (TellsApart(E.At) ? Told : Forgotten).push_back(E.At);
  if (Forgotten.size() > MaxForgotten) {
    TooComplex = true;
    Cases.clear();
    return;
  }
  std::vector<SummaryCase> Fine = std::move(Cases);
  Cases.clear();
  for (SummaryCase &C : Fine) {
    llvm::erase_if(C.Effects, [&](const SummaryEffect &E) {
      return isPlain(E) && llvm::is_contained(Forgotten, E.At);
    });
    for (const Path &P : Forgotten) {
      SummaryEffect Unknown;
      Unknown.What = SummaryEffect::Kind::Store;
      Unknown.At = P;
      C.Effects.push_back(std::move(Unknown));
    }
    Cases.push_back(std::move(C));
  }
  mergeWhere([](const SummaryCase &A, const SummaryCase &B) {
    return A.sameEffects(B) && overwritesAlike(A, B);
  });
  if (Cases.size() > MaxCases)
    mergeWhere([](const SummaryCase &A, const SummaryCase &B) {
      return A.sameEffects(B);
    });
}

void Summary::mergeWhere(
    llvm::function_ref<bool(const SummaryCase &, const SummaryCase &)> Alike) {
  std::vector<SummaryCase> Fine = std::move(Cases);
  Cases.clear();
  for (SummaryCase &C : Fine) {
    auto Known =
        llvm::find_if(Cases, [&](const SummaryCase &K) { return Alike(K, C); });
    if (Known == Cases.end())
      Cases.push_back(std::move(C));
    else
      mergeInto(*Known, C);
  }
}

void Summary::add(SummaryCase C) {
  if (TooComplex)
    return;
  for (SummaryCase &Known : Cases)
    if (Known.sameEffects(C) &&
        (Known.Needs == C.Needs ||
         (Cases.size() >= FewCases && overwritesAlike(Known, C)))) {
      mergeInto(Known, C);
      return;
    }
  Cases.push_back(std::move(C));
  if (Cases.size() <= MaxCases)
    return;
  coarsen();
  if (Cases.size() > MaxCases) {
    TooComplex = true;
    Cases.clear();
  }
}

std::string toText(const Path &P) {
  std::string S;
  switch (P.From) {
  case Path::Root::Parameter:
    S = "param" + std::to_string(P.Index + 1);
    break;
  case Path::Root::This:
    S = "this";
    break;
  case Path::Root::Return:
    S = "returned";
    break;
  case Path::Root::Global:
    S = P.Global->getNameAsString();
    break;
  case Path::Root::Object:
    S = "object" + std::to_string(P.Index);
    break;
  }
  for (const PathStep &Step : P.Steps) {
    if (Step.Dereference) {
      S = "(*" + S + ")";
      continue;
    }
    switch (Step.Pseudo) {
    case flow::PseudoField::None:
      S += "." + Step.Field->getNameAsString();
      break;
    case flow::PseudoField::Owned:
      S += ".<owned>";
      break;
    case flow::PseudoField::Deleter:
      S += ".<deleter>";
      break;
    case flow::PseudoField::Self:
      S += ".<self>";
      break;
    case flow::PseudoField::Borrowed:
      S += ".<borrowed>";
      break;
    case flow::PseudoField::Text:
      S += ".<text>";
      break;
    case flow::PseudoField::Element:
      S += "[" + std::to_string(Step.Index) + "]";
      break;
    }
  }
  return S;
}

static void print(llvm::raw_ostream &Out, const flow::Fact &F) {
  if (F.Low == F.High) {
    Out << F.Low;
    return;
  }
  if (F.Low != flow::Fact::Min || F.High != flow::Fact::Max) {
    Out << "[";
    if (F.Low != flow::Fact::Min)
      Out << F.Low;
    Out << "..";
    if (F.High != flow::Fact::Max)
      Out << F.High;
    Out << "]";
  } else {
    Out << "any";
  }
  for (int64_t V : F.Not)
    Out << " but " << V;
}

static void print(llvm::raw_ostream &Out, const SummaryValue &V) {
  switch (V.What) {
  case SummaryValue::Kind::Unknown:
    Out << "?";
    return;
  case SummaryValue::Kind::Int:
    Out << V.Number;
    return;
  case SummaryValue::Kind::Entry:
    Out << "what " << toText(V.At) << " held";
    return;
  case SummaryValue::Kind::Address:
    Out << "&" << toText(V.At);
    return;
  case SummaryValue::Kind::Lease:
    Out << "lease" << V.Number;
    return;
  case SummaryValue::Kind::Object:
    Out << "object" << V.Number;
    return;
  case SummaryValue::Kind::Function:
    Out << V.Function->getNameAsString();
    return;
  case SummaryValue::Kind::View:
    Out << "view of " << (V.Negated ? "" : "what ") << toText(V.At)
        << (V.Negated ? "" : " held");
    return;
  case SummaryValue::Kind::Condition:
    Out << toText(V.At) << (V.Negated ? " not in " : " in ") << V.Low << ".."
        << V.High;
    return;
  }
}

void Summary::print(llvm::raw_ostream &Out, llvm::StringRef Name) const {
  Out << "summary " << Name << "\n";
  if (TooComplex)
    Out << "  too many cases\n";
  for (const Path &P : Uses)
    Out << "  uses " << toText(P) << "\n";
  for (const Path &P : Rewinds)
    Out << "  may end views of " << toText(P) << "\n";
  for (const SummaryCase &C : Cases) {
    Out << "  case " << (C.Thrown ? "throws" : "returns ");
    if (!C.Thrown) {
      conntidy::print(Out, C.Returned);
      if (!C.ReturnFact.trivial()) {
        Out << " (";
        conntidy::print(Out, C.ReturnFact);
        Out << ")";
      }
    }
    Out << "\n";
    for (auto &[P, F] : C.Needs) {
      Out << "    needs " << toText(P) << " = ";
      conntidy::print(Out, F);
      Out << "\n";
    }
    for (size_t N = 0; N < C.Leases.size(); ++N) {
      Out << "    acquires lease" << N << " by " << C.Leases[N].Api;
      if (C.Leases[N].IfHandle) {
        Out << " if handle is ";
        conntidy::print(Out, *C.Leases[N].IfHandle);
      }
      if (C.Leases[N].IfReturned) {
        Out << " if returned is ";
        conntidy::print(Out, *C.Leases[N].IfReturned);
      }
      Out << "\n";
    }
    for (const TransactionEffect &E : C.Transactions) {
      static constexpr llvm::StringLiteral Verbs[] = {"begins", "commits",
                                                      "rolls back", "runs on"};
      Out << "    " << Verbs[static_cast<int>(E.What)] << " ";
      conntidy::print(Out, E.Connection);
      if (E.What == TransactionEffect::Kind::Run) {
        Out << ": ";
        conntidy::print(Out, E.Text);
      }
      if (E.IfReturned) {
        Out << " if returned is ";
        conntidy::print(Out, *E.IfReturned);
      }
      Out << "\n";
    }
    for (const SummaryEffect &E : C.Effects) {
      switch (E.What) {
      case SummaryEffect::Kind::Release:
        Out << (E.Unsure ? "    may release " : "    releases ") << toText(E.At)
            << "\n";
        break;
      case SummaryEffect::Kind::Take:
        Out << "    takes " << toText(E.At) << "\n";
        break;
      case SummaryEffect::Kind::Invoke:
        Out << "    calls " << toText(E.At) << " with ";
        conntidy::print(Out, E.Stored);
        Out << "\n";
        break;
      case SummaryEffect::Kind::Store:
        Out << "    stores " << toText(E.At) << " <- ";
        conntidy::print(Out, E.Stored);
        Out << "\n";
        break;
      }
    }
  }
}

} // namespace conntidy
