//===- SummaryFile.cpp - the file form of summaries -----------------------===//

#include "summary/SummaryFile.h"
#include "summary/Declarations.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <map>

using namespace clang;
namespace json = llvm::json;

namespace conntidy {

namespace {

/// Each declaration is described once, and referred to by Clang's name for it.
class DeclarationList {
public:
  template <typename T> std::string name(const T *D) {
    D = cast<T>(D->getCanonicalDecl());
    auto [It, New] = Names.try_emplace(D);
    if (New) {
      It->second = json::fixUTF8(usrOf(D));
      All[It->second] = Declarations::describe(D);
    }
    return It->second;
  }
  json::Object take() { return std::move(All); }

private:
  llvm::DenseMap<const Decl *, std::string> Names;
  json::Object All;
};

std::string toText(const json::Value &V) {
  std::string Text;
  llvm::raw_string_ostream(Text) << V;
  return Text;
}

json::Value toJson(const flow::Fact &F) {
  json::Array Holes;
  for (int64_t V : F.Not)
    Holes.push_back(V);
  return json::Array{F.Low, F.High, std::move(Holes)};
}

class Writer {
public:
  explicit Writer(const ASTContext &Context) : Context(Context) {}

  json::Value write(const Summary &S) {
    // In an order that says nothing of how they were found.
    std::map<std::string, json::Value> Sorted;
    for (const SummaryCase &C : S.Cases) {
      json::Value Case = write(C);
      Sorted.emplace(toText(Case), std::move(Case));
    }
    json::Array Cases;
    for (auto &[Text, Case] : Sorted)
      Cases.push_back(std::move(Case));
    json::Object Out{{"cases", std::move(Cases)}};
    if (!S.Uses.empty()) {
      json::Array Uses;
      for (const Path &P : S.Uses)
        Uses.push_back(write(P));
      Out["uses"] = std::move(Uses);
    }
    if (!S.Rewinds.empty()) {
      json::Array Rewinds;
      for (const Path &P : S.Rewinds)
        Rewinds.push_back(write(P));
      Out["rewinds"] = std::move(Rewinds);
    }
    if (S.TooComplex)
      Out["too-complex"] = true;
    if (S.NullTellsOfRelease)
      Out["null-tells-of-release"] = true;
    auto Add = [&](const char *Key, json::Object Described) {
      if (!Described.empty())
        Out[Key] = std::move(Described);
    };
    Add("fields", Fields.take());
    Add("variables", Variables.take());
    Add("functions", Functions.take());
    return Out;
  }

private:
  json::Value write(const Path &P) {
    json::Array Out;
    switch (P.From) {
    case Path::Root::Parameter:
      Out = json::Array{"parameter", P.Index};
      break;
    case Path::Root::This:
      Out = json::Array{"this", 0};
      break;
    case Path::Root::Return:
      Out = json::Array{"returned", 0};
      break;
    case Path::Root::Global:
      Out = json::Array{"variable", Variables.name(P.Global)};
      break;
    case Path::Root::Object:
      Out = json::Array{"object", P.Index};
      break;
    }
    for (const PathStep &Step : P.Steps)
      Out.push_back(write(Step));
    return Out;
  }

  json::Value write(const PathStep &Step) {
    if (Step.Dereference)
      return "*";
    switch (Step.Pseudo) {
    case flow::PseudoField::None:
      return "." + Fields.name(Step.Field);
    case flow::PseudoField::Owned:
      return "owned";
    case flow::PseudoField::Deleter:
      return "deleter";
    case flow::PseudoField::Self:
      return "self";
    case flow::PseudoField::Borrowed:
      return "borrowed";
    case flow::PseudoField::Text:
      return "text";
    case flow::PseudoField::Element:
      return json::Array{Step.Index};
    }
    llvm_unreachable("unknown step");
  }

  json::Value write(const SummaryValue &V) {
    switch (V.What) {
    case SummaryValue::Kind::Unknown:
      return nullptr;
    case SummaryValue::Kind::Int:
      return V.Number;
    case SummaryValue::Kind::Entry:
      return json::Object{{"entry", write(V.At)}};
    case SummaryValue::Kind::Address:
      return json::Object{{"address", write(V.At)}};
    case SummaryValue::Kind::Lease:
      return json::Object{{"lease", V.Number}};
    case SummaryValue::Kind::Object:
      return json::Object{{"object", V.Number}};
    case SummaryValue::Kind::Function:
      // What only that unit can name, this one cannot know.
      if (!V.Function->isExternallyVisible())
        return nullptr;
      return json::Object{{"function", Functions.name(V.Function)}};
    case SummaryValue::Kind::View:
      return json::Object{{"view", write(V.At)},
                          {"until-release", V.Number != 0},
                          {"object", V.Negated}};
    case SummaryValue::Kind::Condition:
      return json::Object{{"condition", write(V.At)},
                          {"low", V.Low},
                          {"high", V.High},
                          {"negated", V.Negated}};
    }
    llvm_unreachable("unknown value");
  }

  static json::Value write(const model::ResourceEntry &R) {
    if (!R)
      return nullptr;
    return json::Array{json::fixUTF8(R.Owner->Name),
                       json::fixUTF8(R.Entry->Name)};
  }

  json::Value write(const FindingStep &Step) {
    FileRange At = placeOf(Step, Context);
    return json::Object{
        {"what", static_cast<int>(Step.What)},
        {"text", json::fixUTF8(Step.Text)},
        {"depth", Step.Depth},
        {"file", json::fixUTF8(At.File)},
        {"at", json::Array{At.Line, At.Column, At.EndLine, At.EndColumn}}};
  }

  json::Value write(const FreshLease &L) {
    json::Array Inner;
    for (const FindingStep &Step : L.Inner)
      Inner.push_back(write(Step));
    json::Object Out{{"resource", write(L.Resource)},
                     {"api", json::fixUTF8(L.Api)},
                     {"inner", std::move(Inner)},
                     {"of-handle", toJson(L.OfHandle)}};
    if (!L.GuessedBecause.empty())
      Out["guessed"] = json::fixUTF8(L.GuessedBecause);
    if (L.IfHandle)
      Out["if-handle"] = toJson(*L.IfHandle);
    if (L.IfReturned)
      Out["if-returned"] = toJson(*L.IfReturned);
    return Out;
  }

  json::Value write(const SummaryEffect &E) {
    json::Object Out{{"what", static_cast<int>(E.What)}, {"at", write(E.At)}};
    if (E.Stored.What != SummaryValue::Kind::Unknown)
      Out["stored"] = write(E.Stored);
    if (E.Resource)
      Out["resource"] = write(E.Resource);
    if (E.ByDestructor)
      Out["by-destructor"] = true;
    if (E.Unsure)
      Out["unsure"] = true;
    return Out;
  }

  json::Value write(const TransactionEffect &E) {
    json::Array Inner;
    for (const FindingStep &Step : E.Inner)
      Inner.push_back(write(Step));
    json::Object Out{{"what", static_cast<int>(E.What)},
                     {"connection", write(E.Connection)}};
    if (E.What == TransactionEffect::Kind::Run) {
      Out["text"] = write(E.Text);
      Out["dialect"] = static_cast<int>(E.Dialect);
    }
    if (!E.Savepoint.empty())
      Out["savepoint"] = json::fixUTF8(E.Savepoint);
    if (!Inner.empty())
      Out["inner"] = std::move(Inner);
    if (E.IfReturned)
      Out["if-returned"] = toJson(*E.IfReturned);
    return Out;
  }

  json::Value write(const SummaryCase &C) {
    json::Array Needs, Effects, Leases, Transactions;
    for (auto &[P, F] : C.Needs)
      Needs.push_back(json::Array{write(P), toJson(F)});
    for (const SummaryEffect &E : C.Effects)
      Effects.push_back(write(E));
    for (const FreshLease &L : C.Leases)
      Leases.push_back(write(L));
    for (const TransactionEffect &E : C.Transactions)
      Transactions.push_back(write(E));
    json::Object Out{{"needs", std::move(Needs)},
                     {"effects", std::move(Effects)},
                     {"leases", std::move(Leases)},
                     {"objects", C.Objects},
                     {"returned", write(C.Returned)},
                     {"fact", toJson(C.ReturnFact)}};
    if (!Transactions.empty())
      Out["transactions"] = std::move(Transactions);
    if (C.Thrown) {
      // The form that facts about functions have, too.
      FunctionFacts Thrown;
      Thrown.Throws = toNames(*C.Thrown);
      Thrown.ThrowsAnything = C.Thrown->Anything;
      Out["thrown"] = conntidy::toJson(Thrown);
    }
    return Out;
  }

  const ASTContext &Context;
  DeclarationList Fields, Variables, Functions;
};

/// Every read() returns false where the form is not kept.
class Reader {
public:
  Reader(const json::Object &Top, Declarations &Known)
      : Top(Top), Known(Known) {}

  bool read(Summary &S) {
    S.TooComplex = Top.getBoolean("too-complex").value_or(false);
    S.NullTellsOfRelease =
        Top.getBoolean("null-tells-of-release").value_or(false);
    const json::Array *Cases = Top.getArray("cases");
    const json::Array *Uses = Top.getArray("uses");
    const json::Array *Rewinds = Top.getArray("rewinds");
    return Cases && each(*Cases, [&](const json::Value &V) {
             return read(V, S.Cases.emplace_back());
           }) &&
           (!Uses || each(*Uses,
                          [&](const json::Value &V) {
                            return read(&V, S.Uses.emplace_back());
                          })) &&
           (!Rewinds || each(*Rewinds, [&](const json::Value &V) {
              return read(&V, S.Rewinds.emplace_back());
            }));
  }

private:
  template <typename Visit>
  static bool each(const json::Array &All, Visit Each) {
    for (const json::Value &V : All)
      if (!Each(V))
        return false;
    return true;
  }

  template <typename T, typename Finder>
  bool declared(const char *List, llvm::StringRef Name, const T *&Into,
                Finder Find) {
    const json::Object *All = Top.getObject(List);
    const json::Object *Description = All ? All->getObject(Name) : nullptr;
    if (Description)
      Into = Find(*Description);
    return Description != nullptr;
  }

  static bool read(const json::Value *V, flow::Fact &F) {
    const json::Array *Parts = V ? V->getAsArray() : nullptr;
    if (!Parts || Parts->size() != 3)
      return false;
    auto Low = (*Parts)[0].getAsInteger(), High = (*Parts)[1].getAsInteger();
    const json::Array *Holes = (*Parts)[2].getAsArray();
    if (!Low || !High || !Holes)
      return false;
    F.Low = *Low;
    F.High = *High;
    return each(*Holes, [&](const json::Value &Hole) {
      auto Number = Hole.getAsInteger();
      if (Number)
        F.Not.push_back(*Number);
      return Number.has_value();
    });
  }

  static bool read(const json::Value *V, std::optional<flow::Fact> &F) {
    return !V || read(V, F.emplace());
  }

  bool read(const json::Value *V, Path &P) {
    const json::Array *Parts = V ? V->getAsArray() : nullptr;
    if (!Parts || Parts->size() < 2)
      return false;
    auto Root = (*Parts)[0].getAsString();
    if (!Root)
      return false;
    auto From = llvm::StringSwitch<std::optional<Path::Root>>(*Root)
                    .Case("parameter", Path::Root::Parameter)
                    .Case("this", Path::Root::This)
                    .Case("returned", Path::Root::Return)
                    .Case("variable", Path::Root::Global)
                    .Case("object", Path::Root::Object)
                    .Default(std::nullopt);
    if (!From)
      return false;
    P.From = *From;
    if (P.From == Path::Root::Global) {
      auto Name = (*Parts)[1].getAsString();
      if (!Name || !declared("variables", *Name, P.Global,
                    [&](auto &D) { return Known.variable(D); }) ||
          !P.Global)
        return false;
    } else {
      auto Index = (*Parts)[1].getAsInteger();
      if (!Index || *Index < 0)
        return false;
      P.Index = *Index;
    }
    for (const json::Value &Step : llvm::drop_begin(*Parts, 2))
      if (!read(Step, P.Steps.emplace_back()))
        return false;
    return true;
  }

  bool read(const json::Value &V, PathStep &Step) {
    if (const json::Array *Element = V.getAsArray()) {
      auto Index = Element->empty() ? std::nullopt
                                    : Element->front().getAsInteger();
      Step.Pseudo = flow::PseudoField::Element;
      Step.Index = Index.value_or(0);
      return Index.has_value();
    }
    auto Word = V.getAsString();
    if (!Word)
      return false;
    if (Word->consume_front("."))
      return declared("fields", *Word, Step.Field,
                      [&](auto &D) { return Known.field(D); }) &&
             Step.Field;
    Step.Dereference = *Word == "*";
    Step.Pseudo = llvm::StringSwitch<flow::PseudoField>(*Word)
                      .Case("owned", flow::PseudoField::Owned)
                      .Case("deleter", flow::PseudoField::Deleter)
                      .Case("self", flow::PseudoField::Self)
                      .Case("borrowed", flow::PseudoField::Borrowed)
                      .Case("text", flow::PseudoField::Text)
                      .Default(flow::PseudoField::None);
    return Step.Dereference || Step.Pseudo != flow::PseudoField::None;
  }

  bool read(const json::Value *V, SummaryValue &Into) {
    if (!V || V->getAsNull())
      return true;
    if (auto Number = V->getAsInteger()) {
      Into.What = SummaryValue::Kind::Int;
      Into.Number = *Number;
      return true;
    }
    const json::Object *O = V->getAsObject();
    if (!O)
      return false;
    if (const json::Value *At = O->get("entry")) {
      Into.What = SummaryValue::Kind::Entry;
      return read(At, Into.At);
    }
    if (const json::Value *At = O->get("address")) {
      Into.What = SummaryValue::Kind::Address;
      return read(At, Into.At);
    }
    if (const json::Value *At = O->get("view")) {
      Into.What = SummaryValue::Kind::View;
      Into.Number = O->getBoolean("until-release").value_or(false);
      Into.Negated = O->getBoolean("object").value_or(false);
      return read(At, Into.At);
    }
    if (auto Number = O->getInteger("lease")) {
      Into.What = SummaryValue::Kind::Lease;
      Into.Number = *Number;
      return true;
    }
    if (auto Number = O->getInteger("object")) {
      Into.What = SummaryValue::Kind::Object;
      Into.Number = *Number;
      return true;
    }
    if (auto Name = O->getString("function")) {
      if (!declared("functions", *Name, Into.Function,
                    [&](auto &D) { return Known.function(D); }))
        return false;
      if (Into.Function)
        Into.What = SummaryValue::Kind::Function;
      return true;
    }
    auto Low = O->getInteger("low"), High = O->getInteger("high");
    auto Negated = O->getBoolean("negated");
    if (!Low || !High || !Negated)
      return false;
    Into.What = SummaryValue::Kind::Condition;
    Into.Low = *Low;
    Into.High = *High;
    Into.Negated = *Negated;
    return read(O->get("condition"), Into.At);
  }

  bool read(const json::Value *V, model::ResourceEntry &R) {
    if (!V || V->getAsNull())
      return true;
    const json::Array *Names = V->getAsArray();
    if (!Names || Names->size() != 2)
      return false;
    auto Library = (*Names)[0].getAsString(), Name = (*Names)[1].getAsString();
    if (!Library || !Name)
      return false;
    R = Known.resource(*Library, *Name);
    return true;
  }

  static bool read(const json::Value &V, FindingStep &Step) {
    const json::Object *O = V.getAsObject();
    if (!O)
      return false;
    auto What = O->getInteger("what"), Depth = O->getInteger("depth");
    auto Text = O->getString("text"), File = O->getString("file");
    const json::Array *At = O->getArray("at");
    if (!What || *What < 0 || *What > static_cast<int>(Step::Kind::Release) ||
        !Depth || *Depth < 0 || !Text)
      return false;
    Step.What = static_cast<Step::Kind>(*What);
    Step.Depth = *Depth;
    Step.Text = Text->str();
    if (!File || !At)
      return true; // of a step without a place
    unsigned Numbers[4] = {};
    if (At->size() != std::size(Numbers))
      return false;
    for (size_t N = 0; N < std::size(Numbers); ++N)
      Numbers[N] = (*At)[N].getAsInteger().value_or(0);
    Step.Elsewhere =
        FileRange{File->str(), Numbers[0], Numbers[1], Numbers[2], Numbers[3]};
    return true;
  }

  /// Where definitions do not agree on the place of a step there is none.
  bool readSteps(const json::Array *Steps, std::vector<FindingStep> &Into) {
    return !Steps || each(*Steps, [&](const json::Value &Step) {
      if (!read(Step, Into.emplace_back()))
        return false;
      if (!Into.back().Elsewhere)
        Into.pop_back();
      return true;
    });
  }

  bool read(const json::Value &V, FreshLease &L) {
    const json::Object *O = V.getAsObject();
    if (!O)
      return false;
    auto Api = O->getString("api");
    const json::Array *Inner = O->getArray("inner");
    if (!Api || !Inner)
      return false;
    L.Api = Api->str();
    L.GuessedBecause = O->getString("guessed").value_or("").str();
    return readSteps(Inner, L.Inner) &&
           read(O->get("resource"), L.Resource) &&
           read(O->get("of-handle"), L.OfHandle) &&
           read(O->get("if-handle"), L.IfHandle) &&
           read(O->get("if-returned"), L.IfReturned);
  }

  bool read(const json::Value &V, TransactionEffect &E) {
    const json::Object *O = V.getAsObject();
    auto What = O ? O->getInteger("what") : std::nullopt;
    auto Dialect = O ? O->getInteger("dialect").value_or(0) : 0;
    if (!What || *What < 0 ||
        *What > static_cast<int>(TransactionEffect::Kind::Run) || Dialect < 0 ||
        Dialect > static_cast<int>(model::SqlDialect::Sqlite))
      return false;
    E.What = static_cast<TransactionEffect::Kind>(*What);
    E.Dialect = static_cast<model::SqlDialect>(Dialect);
    E.Savepoint = O->getString("savepoint").value_or("").str();
    return readSteps(O->getArray("inner"), E.Inner) &&
           read(O->get("connection"), E.Connection) &&
           read(O->get("text"), E.Text) &&
           read(O->get("if-returned"), E.IfReturned);
  }

  bool read(const json::Value &V, SummaryEffect &E) {
    const json::Object *O = V.getAsObject();
    auto What = O ? O->getInteger("what") : std::nullopt;
    if (!What || *What < 0 ||
        *What > static_cast<int>(SummaryEffect::Kind::Invoke))
      return false;
    E.What = static_cast<SummaryEffect::Kind>(*What);
    E.ByDestructor = O->getBoolean("by-destructor").value_or(false);
    E.Unsure = O->getBoolean("unsure").value_or(false);
    return read(O->get("at"), E.At) && read(O->get("stored"), E.Stored) &&
           read(O->get("resource"), E.Resource);
  }

  bool read(const json::Value &V, SummaryCase &C) {
    const json::Object *O = V.getAsObject();
    if (!O)
      return false;
    const json::Array *Needs = O->getArray("needs"),
                      *Effects = O->getArray("effects"),
                      *Leases = O->getArray("leases"),
                      *Transactions = O->getArray("transactions");
    auto Objects = O->getInteger("objects");
    if (!Needs || !Effects || !Leases || !Objects || *Objects < 0)
      return false;
    C.Objects = *Objects;
    if (const json::Value *Thrown = O->get("thrown")) {
      auto Facts = factsFromJson(*Thrown);
      if (!Facts)
        return false;
      C.Thrown = Known.thrown(Facts->Throws, Facts->ThrowsAnything);
    }
    bool Good =
        each(*Needs,
             [&](const json::Value &Need) {
               const json::Array *Pair = Need.getAsArray();
               auto &Into = C.Needs.emplace_back();
               return Pair && Pair->size() == 2 &&
                      read(&(*Pair)[0], Into.first) &&
                      read(&(*Pair)[1], Into.second);
             }) &&
        each(*Effects,
             [&](const json::Value &E) {
               return read(E, C.Effects.emplace_back());
             }) &&
        each(*Leases,
             [&](const json::Value &L) {
               return read(L, C.Leases.emplace_back());
             }) &&
        (!Transactions || each(*Transactions, [&](const json::Value &E) {
          return read(E, C.Transactions.emplace_back());
        })) &&
        read(O->get("returned"), C.Returned) &&
        read(O->get("fact"), C.ReturnFact);
    return Good && numbersFit(C);
  }

  /// What is numbered within a case is there.
  static bool numbersFit(const SummaryCase &C) {
    auto PathFits = [&](const Path &P) {
      return P.From != Path::Root::Object || P.Index < C.Objects;
    };
    auto ValueFits = [&](const SummaryValue &V) {
      if (V.What == SummaryValue::Kind::Lease)
        return V.Number >= 0 && static_cast<size_t>(V.Number) < C.Leases.size();
      if (V.What == SummaryValue::Kind::Object)
        return V.Number >= 0 && V.Number < static_cast<int64_t>(C.Objects);
      return PathFits(V.At);
    };
    return ValueFits(C.Returned) &&
           llvm::all_of(C.Needs,
                        [&](auto &Need) { return PathFits(Need.first); }) &&
           llvm::all_of(C.Effects, [&](const SummaryEffect &E) {
             return PathFits(E.At) && ValueFits(E.Stored);
           }) &&
           llvm::all_of(C.Transactions, [&](const TransactionEffect &E) {
             return ValueFits(E.Connection) && ValueFits(E.Text);
           });
  }

  const json::Object &Top;
  Declarations &Known;
};

} // namespace

std::string toFileForm(const Summary &S, const ASTContext &Context) {
  return toText(Writer(Context).write(S));
}

std::optional<Summary> fromFileForm(llvm::StringRef Text, Declarations &Known) {
  auto Parsed = json::parse(Text);
  if (!Parsed) {
    llvm::consumeError(Parsed.takeError());
    return std::nullopt;
  }
  const json::Object *Top = Parsed->getAsObject();
  Summary S;
  if (!Top || !Reader(*Top, Known).read(S))
    return std::nullopt;
  return S;
}

static void dropPlaces(json::Value &V) {
  if (json::Array *All = V.getAsArray()) {
    for (json::Value &One : *All)
      dropPlaces(One);
  } else if (json::Object *O = V.getAsObject()) {
    if (O->get("file") && O->get("at")) {
      O->erase("file");
      O->erase("at");
    }
    for (auto &Member : *O)
      dropPlaces(Member.second);
  }
}

std::string withoutPlaces(llvm::StringRef FileForm) {
  auto Parsed = json::parse(FileForm);
  if (!Parsed) {
    llvm::consumeError(Parsed.takeError());
    return FileForm.str();
  }
  dropPlaces(*Parsed);
  return toText(*Parsed);
}

} // namespace conntidy
