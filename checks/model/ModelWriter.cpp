//===- ModelWriter.cpp - API models to YAML -------------------------------===//

#include "model/ModelWriter.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"

using llvm::StringRef;

namespace conntidy::model {

StringRef wordFor(ResourceKind K) {
  switch (K) {
  case ResourceKind::Connection:
    return "connection";
  case ResourceKind::Pool:
    return "pool";
  case ResourceKind::Result:
    return "result";
  case ResourceKind::Statement:
    return "statement";
  case ResourceKind::Transaction:
    return "transaction";
  case ResourceKind::Cursor:
    return "cursor";
  case ResourceKind::Stream:
    return "stream";
  case ResourceKind::Socket:
    return "socket";
  case ResourceKind::Buffer:
    return "buffer";
  case ResourceKind::Other:
    return "other";
  }
  llvm_unreachable("unknown resource kind");
}

namespace {

/// In quotes unless it is a plain word.
std::string scalar(StringRef Text) {
  auto IsPlain = [](char C) {
    return llvm::isAlnum(C) || C == '_' || C == '-' || C == '.';
  };
  bool Plain = !Text.empty() && llvm::isAlpha(Text.front()) &&
               llvm::all_of(Text, IsPlain) && Text != "true" &&
               Text != "false" && Text != "null";
  if (Plain)
    return Text.str();
  if (Text.contains('\'') && Text.find_first_of("\"\\\n") == StringRef::npos)
    return ("\"" + Text + "\"").str();
  std::string Quoted = "'";
  for (char C : Text) {
    Quoted += C;
    if (C == '\'')
      Quoted += C;
  }
  return Quoted + "'";
}

std::string text(const Slot &S) {
  std::string Number = std::to_string(S.Index + 1);
  switch (S.Where) {
  case Slot::Kind::Return:
    return "return";
  case Slot::Kind::This:
    return "this";
  case Slot::Kind::Arg:
    return "arg:" + Number;
  case Slot::Kind::Pointee:
    return "*arg:" + Number;
  }
  llvm_unreachable("unknown slot");
}

std::string text(const Condition &C) {
  if (C.About == Condition::Subject::Always)
    return "always";
  if (C.About == Condition::Subject::Handle)
    return "nonnull";
  std::string Subject = "returns";
  if (C.About == Condition::Subject::Field) {
    if (C.Of.Where != Slot::Kind::Return)
      Subject = text(C.Of);
    if (!C.Field.empty())
      Subject += "." + C.Field;
  }
  std::string Low = std::to_string(C.Low), High = std::to_string(C.High);
  if (C.Low == C.High)
    return Subject + (C.Negated ? " != " : " == ") + Low;
  if (C.High == std::numeric_limits<int64_t>::max())
    return Subject + " >= " + Low;
  if (C.Low == std::numeric_limits<int64_t>::min())
    return Subject + " <= " + High;
  return Subject + " in " + Low + ".." + High;
}

std::string text(const std::string &S) { return S; }

std::string text(int64_t Number) { return std::to_string(Number); }

template <typename T> std::string listOf(const std::vector<T> &Items) {
  return "[" +
         llvm::join(
             llvm::map_range(Items, [](const T &I) { return scalar(text(I)); }),
             ", ") +
         "]";
}

std::string throwsText(Throws T, const std::vector<std::string> &Types) {
  switch (T) {
  case Throws::Unsaid:
    return {};
  case Throws::Never:
    return "never";
  case Throws::Allocation:
    return "allocation";
  case Throws::Types:
    return listOf(Types);
  case Throws::Anything:
    return "anything";
  }
  llvm_unreachable("unknown kind of throwing");
}

/// Collects `key: value` pairs; what says nothing is left out.
class Mapping {
public:
  void raw(StringRef Key, const std::string &Value) {
    if (!Value.empty())
      Pairs.push_back((Key + (Value[0] == '\n' ? ":" : ": ") + Value).str());
  }
  void word(StringRef Key, StringRef Value) {
    if (!Value.empty())
      raw(Key, scalar(Value));
  }
  void flag(StringRef Key, bool Value, bool Default = false) {
    if (Value != Default)
      raw(Key, Value ? "true" : "false");
  }
  void slot(StringRef Key, const std::optional<Slot> &S) {
    if (S)
      word(Key, text(*S));
  }
  template <typename T> void list(StringRef Key, const std::vector<T> &Items) {
    if (!Items.empty())
      raw(Key, listOf(Items));
  }
  /// A list of mappings, each on a line.
  template <typename T, typename Write>
  void mappings(StringRef Key, const std::vector<T> &Items, Write W) {
    std::string Lines;
    for (const T &I : Items)
      Lines += "\n  - " + W(I);
    raw(Key, Lines);
  }

  std::string flow() const { return "{" + llvm::join(Pairs, ", ") + "}"; }
  std::string item() const {
    std::string Text;
    for (const std::string &P : Pairs)
      Text += indented(P, "  ") + "\n";
    if (!Text.empty())
      Text[0] = '-';
    return Text;
  }
  std::string document() const {
    std::string Text;
    for (const std::string &P : Pairs)
      Text += P + "\n";
    return Text;
  }

private:
  std::vector<std::string> Pairs;
};

std::string flow(const Acquire &A) {
  Mapping M;
  M.word("resource", A.Resource);
  M.word("handle", text(A.Handle));
  M.list("held", A.Held);
  M.slot("pool", A.Pool);
  M.slot("parent", A.Parent);
  M.flag("can-fail", A.CanFail);
  M.word("guessed-because", A.GuessedBecause);
  return M.flow();
}

std::string flow(const Release &R) {
  Mapping M;
  M.word("resource", R.Resource);
  M.word("handle", text(R.Handle));
  if (R.When)
    M.word("when", text(*R.When));
  M.slot("pool", R.Pool);
  return M.flow();
}

std::string flow(const DerivedRelease &R) {
  Mapping M;
  M.word("resource", R.Resource);
  M.word("of", text(R.Of));
  return M.flow();
}

std::string flow(const Take &T) {
  Mapping M;
  M.word("handle", text(T.Handle));
  if (T.When)
    M.word("when", text(*T.When));
  M.word("conversion", T.Conversion);
  return M.flow();
}

std::string flow(const View &V) {
  Mapping M;
  M.word("handle", text(V.Handle));
  M.word("of", text(V.Of));
  M.flag("until-release", V.UntilRelease);
  M.flag("shares", V.Shares);
  return M.flow();
}

std::string flow(const Begin &B) {
  Mapping M;
  M.word("on", text(B.On));
  if (B.When)
    M.word("when", text(*B.When));
  return M.flow();
}

std::string flow(const Execution &E) {
  Mapping M;
  M.word("text", text(E.Text));
  M.slot("on", E.On);
  if (E.When)
    M.word("when", text(*E.When));
  return M.flow();
}

std::string flow(const Answer &A) {
  Mapping M;
  M.word("of", text(A.Of));
  M.word("good", text(A.Good));
  return M.flow();
}

std::string flow(const Timeout &T) {
  Mapping M;
  M.word("instead", T.Instead);
  M.slot("text", T.Text);
  M.slot("keywords", T.Keywords);
  M.list("keys", T.Keys);
  M.slot("argument", T.Argument);
  M.list("forever", T.Forever);
  M.slot("set-on", T.SetOn);
  return M.flow();
}

std::string flow(const ArgumentIs &A) {
  Mapping M;
  M.word("arg", text(A.Arg));
  if (A.Named.empty())
    M.raw(A.Negated ? "not" : "equals", std::to_string(A.Value));
  M.word("is", A.Named);
  M.flag("integer", A.Integer);
  return M.flow();
}

std::string flow(const Guard &G) {
  Mapping M;
  M.slot("owns", G.Owns);
  M.slot("deleter", G.Deleter);
  if (G.DeleterTemplateArgument)
    M.raw("deleter-template-argument",
          std::to_string(G.DeleterTemplateArgument));
  M.slot("runs", G.Runs);
  M.list("give-up", G.GiveUp);
  M.list("dismiss", G.Dismiss);
  M.list("reset", G.Reset);
  M.list("get", G.Get);
  M.flag("shared", G.Shared);
  return M.flow();
}

} // namespace

std::string indented(StringRef Lines, StringRef Prefix) {
  std::string Result;
  while (!Lines.empty()) {
    auto [Line, Rest] = Lines.split('\n');
    Result += Line.empty() ? Prefix.rtrim().str() : (Prefix + Line).str();
    if (Line.size() < Lines.size())
      Result += '\n';
    Lines = Rest;
  }
  return Result;
}

std::string toYaml(const Resource &R) {
  Mapping M;
  M.word("name", R.Name);
  M.word("kind", wordFor(R.Kind));
  M.word("type", R.Type);
  M.word("noun", R.Noun);
  M.flag("null-release", R.NullRelease, true);
  M.flag("pooled", R.Pooled);
  M.flag("counted", R.Counted);
  M.flag("long-lived", R.LongLived);
  M.list("derives-from", R.DerivesFrom);
  M.flag("outlives-parent", R.OutlivesParent);
  return "- " + M.flow() + "\n";
}

std::string toYaml(const Function &F) {
  auto Write = [](const auto &Item) { return flow(Item); };
  Mapping M;
  M.list("names", F.Names);
  if (F.Arity)
    M.raw("arity", std::to_string(*F.Arity));
  M.mappings("when", F.When, Write);
  M.mappings("acquires", F.Acquires, Write);
  M.mappings("releases", F.Releases, Write);
  M.mappings("releases-derived", F.ReleasesDerived, Write);
  M.mappings("takes", F.Takes, Write);
  M.mappings("views", F.Views, Write);
  M.list("ends-views-of", F.EndsViewsOf);
  M.slot("returns", F.Returns);
  M.flag("null-on-failure", F.NullOnFailure);
  M.flag("swaps", F.Swaps);
  M.flag("exchanges", F.Exchanges);
  M.flag("makes", F.Makes);
  M.flag("noreturn", F.NoReturn);
  M.flag("forks", F.Forks);
  if (F.Unlikely)
    M.word("unlikely", text(*F.Unlikely));
  M.raw("throws", throwsText(F.Throw, F.ThrownTypes));
  M.list("callbacks", F.Callbacks);
  M.word("blocks", F.Blocks);
  M.flag("briefly", F.Briefly);
  if (F.Cost != Costs::Little)
    M.word("costs", F.Cost == Costs::Much ? "much" : "in-loops");
  M.flag("lends-descriptor", F.LendsDescriptor);
  M.flag("awaits-descriptors", F.AwaitsDescriptors);
  if (F.Begins)
    M.raw("begins", flow(*F.Begins));
  M.slot("commits", F.Commits);
  M.slot("rolls-back", F.RollsBack);
  if (F.Executes)
    M.raw("executes", flow(*F.Executes));
  if (F.StatusOf)
    M.raw("status-of", flow(*F.StatusOf));
  if (F.InTransaction)
    M.raw("in-transaction", flow(*F.InTransaction));
  if (F.Waits)
    M.raw("timeout", flow(*F.Waits));
  M.slot("sets-timeout", F.SetsTimeout);
  M.flag("from-documentation", F.FromDocumentation);
  return M.item();
}

std::string toYaml(const Class &C) {
  Mapping M;
  M.list("names", C.Names);
  M.word("holds", C.Holds);
  M.list("closed-by", C.ClosedBy);
  if (C.GuardOf)
    M.raw("guard", flow(*C.GuardOf));
  M.flag("container", C.Container);
  M.flag("pool", C.Pool);
  M.flag("refers", C.Refers);
  M.flag("text", C.Text);
  M.raw("throws", throwsText(C.Throw, C.ThrownTypes));
  M.flag("from-documentation", C.FromDocumentation);
  return M.item();
}

std::string toYaml(const Library &L) {
  auto Items = [](const auto &All) {
    std::string Text;
    for (const auto &One : All)
      Text += "\n" + indented(StringRef(toYaml(One)).rtrim('\n'), "  ");
    return Text;
  };
  Mapping M;
  M.word("library", L.Name);
  M.list("headers", L.Headers);
  M.word("documentation", L.Documentation);
  M.flag("from-documentation", L.FromDocumentation);
  M.flag("optional", L.Optional);
  M.word("sql", nameOf(L.Sql));
  M.raw("throws", throwsText(L.Throw, L.ThrownTypes));
  M.raw("resources", Items(L.Resources));
  M.raw("functions", Items(L.Functions));
  M.raw("classes", Items(L.Classes));
  return M.document();
}

} // namespace conntidy::model
