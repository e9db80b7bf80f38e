//===- ModelYaml.cpp - the YAML form of API models ------------------------===//
//
// Defines how each part of a model is spelled. Every key and every word is
// checked where it stands, so that an error points at it and says what was
// expected.
//
//===----------------------------------------------------------------------===//

#include "model/ModelYaml.h"
#include "model/ModelWords.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLTraits.h"

using namespace conntidy::model;
using llvm::StringRef;

namespace {

/// `throws:` is a word or a list of types.
struct ThrowSpec {
  Throws Throw = Throws::Unsaid;
  std::vector<std::string> Types;
};

/// What the traits need besides the document itself; hangs on the IO object.
struct Reading {
  StringRef Text;
  /// The keys of the mapping read last: LLVM's complaint about an unknown key
  /// follows at once, and the remedy is found among these.
  std::vector<StringRef> Known;
  /// Owns the text of an error, of which LLVM's traits return a reference.
  std::string Message;
  std::string FirstError;

  /// 0 for a place outside Text: a scalar with escapes is a copy.
  unsigned lineOf(const char *Place) const {
    if (Place < Text.begin() || Place > Text.end())
      return 0;
    return 1 + Text.take_front(Place - Text.begin()).count('\n');
  }
};

Reading &readingOf(llvm::yaml::IO &IO) {
  return *static_cast<Reading *>(IO.getContext());
}

unsigned currentLine(llvm::yaml::IO &IO) {
  const llvm::yaml::Node *Node =
      static_cast<llvm::yaml::Input &>(IO).getCurrentNode();
  if (!Node)
    return 0;
  return readingOf(IO).lineOf(Node->getSourceRange().Start.getPointer());
}

/// "did you mean 'x'?" or all that is possible.
std::string remedy(StringRef Wrong, llvm::ArrayRef<StringRef> Known,
                   StringRef What) {
  StringRef Nearest;
  unsigned Best = std::max<size_t>(2, Wrong.size() / 3) + 1;
  for (StringRef K : Known) {
    unsigned Distance = Wrong.edit_distance(K, true, Best);
    if (Distance < Best) {
      Best = Distance;
      Nearest = K;
    }
  }
  if (!Nearest.empty())
    return "; did you mean '" + Nearest.str() + "'?";
  return ("; " + What + ": " + llvm::join(Known, ", ")).str();
}

/// Maps keys and remembers which there are.
class Keys {
public:
  explicit Keys(llvm::yaml::IO &IO) : IO(IO) {}
  ~Keys() { readingOf(IO).Known = std::move(Known); }

  template <typename T> void required(const char *Key, T &Value) {
    Known.push_back(Key);
    IO.mapRequired(Key, Value);
  }
  template <typename T> void optional(const char *Key, T &Value) {
    Known.push_back(Key);
    IO.mapOptional(Key, Value);
  }
  void throws(Throws &Throw, std::vector<std::string> &Types) {
    ThrowSpec Spec;
    optional("throws", Spec);
    Throw = Spec.Throw;
    Types = std::move(Spec.Types);
  }

private:
  llvm::yaml::IO &IO;
  std::vector<StringRef> Known;
};

struct KindWord {
  StringRef Word;
  ResourceKind Kind;
};
constexpr KindWord KindWords[] = {
    {"connection", ResourceKind::Connection},
    {"pool", ResourceKind::Pool},
    {"result", ResourceKind::Result},
    {"statement", ResourceKind::Statement},
    {"transaction", ResourceKind::Transaction},
    {"cursor", ResourceKind::Cursor},
    {"stream", ResourceKind::Stream},
    {"socket", ResourceKind::Socket},
    {"buffer", ResourceKind::Buffer},
    {"other", ResourceKind::Other},
};

} // namespace

namespace llvm::yaml {

/// A scalar that is read by a function and never written.
template <typename T> struct ReadOnlyScalar {
  static void output(const T &, void *, raw_ostream &) {
    llvm_unreachable("models are only read");
  }
  static QuotingType mustQuote(StringRef) { return QuotingType::Single; }
};

template <> struct ScalarTraits<Slot> : ReadOnlyScalar<Slot> {
  static StringRef input(StringRef Text, void *Ctx, Slot &Out) {
    if (parseSlot(Text, Out))
      return {};
    auto &R = *static_cast<Reading *>(Ctx);
    R.Message = ("'" + Text +
                 "' names no place of a call; use 'return', 'this', 'arg:N' or "
                 "'*arg:N' with N counted from 1")
                    .str();
    return R.Message;
  }
};

template <> struct ScalarTraits<Condition> : ReadOnlyScalar<Condition> {
  static StringRef input(StringRef Text, void *Ctx, Condition &Out) {
    if (parseCondition(Text, Out))
      return {};
    auto &R = *static_cast<Reading *>(Ctx);
    R.Message =
        ("'" + Text +
         "' is no condition; use 'always', 'nonnull', 'returns true', "
         "'returns false', 'returns OP NUMBER' with one of == != < <= > >=, or "
         "'returns in LOW..HIGH'; 'returns.FIELD' and 'arg:N.FIELD' stand for "
         "a field of a struct, '*arg:N' for what a parameter points to")
            .str();
    return R.Message;
  }
};

template <> struct ScalarTraits<Costs> : ReadOnlyScalar<Costs> {
  static StringRef input(StringRef Text, void *Ctx, Costs &Out) {
    if (Text == "in-loops" || Text == "much") {
      Out = Text == "much" ? Costs::Much : Costs::InLoops;
      return {};
    }
    auto &R = *static_cast<Reading *>(Ctx);
    R.Message = ("'costs' cannot be '" + Text + "'").str() +
                "; it is 'in-loops' or 'much'";
    return R.Message;
  }
};

template <> struct ScalarTraits<ResourceKind> : ReadOnlyScalar<ResourceKind> {
  static StringRef input(StringRef Text, void *Ctx, ResourceKind &Out) {
    std::vector<StringRef> Words;
    for (const KindWord &K : KindWords) {
      if (K.Word == Text) {
        Out = K.Kind;
        return {};
      }
      Words.push_back(K.Word);
    }
    auto &R = *static_cast<Reading *>(Ctx);
    R.Message = ("unknown kind '" + Text + "'").str() +
                remedy(Text, Words, "the kinds are");
    return R.Message;
  }
};

template <> struct ScalarTraits<Throws> : ReadOnlyScalar<Throws> {
  static StringRef input(StringRef Text, void *Ctx, Throws &Out) {
    std::optional<Throws> Read = StringSwitch<std::optional<Throws>>(Text)
                                     .Case("never", Throws::Never)
                                     .Case("allocation", Throws::Allocation)
                                     .Case("anything", Throws::Anything)
                                     .Default(std::nullopt);
    if (Read) {
      Out = *Read;
      return {};
    }
    auto &R = *static_cast<Reading *>(Ctx);
    R.Message = ("'" + Text +
                 "' does not say what is thrown; use 'never', 'allocation', "
                 "'anything' or a list of types")
                    .str();
    return R.Message;
  }
};

template <> struct ScalarTraits<SqlDialect> : ReadOnlyScalar<SqlDialect> {
  static StringRef input(StringRef Text, void *Ctx, SqlDialect &Out) {
    if (auto Read = sqlDialectNamed(Text)) {
      Out = *Read;
      return {};
    }
    auto &R = *static_cast<Reading *>(Ctx);
    R.Message = ("'" + Text +
                 "' is no dialect; use 'postgresql', 'mysql', 'sqlite' or "
                 "'standard'")
                    .str();
    return R.Message;
  }
};

/// Only here to satisfy PolymorphicTraits: a mapping is none of the two forms.
struct NoMapping {};
template <> struct MappingTraits<NoMapping> {
  static void mapping(IO &IO, NoMapping &) {
    IO.setError(
        "expected 'never', 'allocation', 'anything' or a list of types");
  }
};

template <> struct PolymorphicTraits<ThrowSpec> {
  static NodeKind getKind(const ThrowSpec &Spec) {
    return Spec.Types.empty() ? NodeKind::Scalar : NodeKind::Sequence;
  }
  static Throws &getAsScalar(ThrowSpec &Spec) { return Spec.Throw; }
  static std::vector<std::string> &getAsSequence(ThrowSpec &Spec) {
    Spec.Throw = Throws::Types;
    return Spec.Types;
  }
  static NoMapping &getAsMap(ThrowSpec &) {
    static NoMapping Nothing;
    return Nothing;
  }
};

} // namespace llvm::yaml

LLVM_YAML_IS_SEQUENCE_VECTOR(conntidy::model::Slot)
LLVM_YAML_IS_SEQUENCE_VECTOR(conntidy::model::Condition)
LLVM_YAML_IS_SEQUENCE_VECTOR(conntidy::model::Resource)
LLVM_YAML_IS_SEQUENCE_VECTOR(conntidy::model::Acquire)
LLVM_YAML_IS_SEQUENCE_VECTOR(conntidy::model::Release)
LLVM_YAML_IS_SEQUENCE_VECTOR(conntidy::model::DerivedRelease)
LLVM_YAML_IS_SEQUENCE_VECTOR(conntidy::model::Take)
LLVM_YAML_IS_SEQUENCE_VECTOR(conntidy::model::View)
LLVM_YAML_IS_SEQUENCE_VECTOR(conntidy::model::ArgumentIs)
LLVM_YAML_IS_SEQUENCE_VECTOR(conntidy::model::Function)
LLVM_YAML_IS_SEQUENCE_VECTOR(conntidy::model::Class)
LLVM_YAML_IS_SEQUENCE_VECTOR(conntidy::model::Library)

namespace llvm::yaml {

template <> struct MappingTraits<Resource> {
  static void mapping(IO &IO, Resource &R) {
    R.Line = currentLine(IO);
    Keys K(IO);
    K.required("name", R.Name);
    K.required("kind", R.Kind);
    K.optional("type", R.Type);
    K.optional("noun", R.Noun);
    K.optional("null-release", R.NullRelease);
    K.optional("pooled", R.Pooled);
    K.optional("counted", R.Counted);
    K.optional("long-lived", R.LongLived);
    K.optional("derives-from", R.DerivesFrom);
    K.optional("outlives-parent", R.OutlivesParent);
  }
};

template <> struct MappingTraits<Acquire> {
  static void mapping(IO &IO, Acquire &A) {
    A.Line = currentLine(IO);
    Keys K(IO);
    K.required("resource", A.Resource);
    K.required("handle", A.Handle);
    K.optional("held", A.Held);
    K.optional("pool", A.Pool);
    K.optional("parent", A.Parent);
    K.optional("can-fail", A.CanFail);
    K.optional("guessed-because", A.GuessedBecause);
  }
};

template <> struct MappingTraits<Release> {
  static void mapping(IO &IO, Release &R) {
    R.Line = currentLine(IO);
    Keys K(IO);
    K.required("resource", R.Resource);
    K.required("handle", R.Handle);
    K.optional("when", R.When);
    K.optional("pool", R.Pool);
  }
};

template <> struct MappingTraits<DerivedRelease> {
  static void mapping(IO &IO, DerivedRelease &R) {
    R.Line = currentLine(IO);
    Keys K(IO);
    K.required("resource", R.Resource);
    K.required("of", R.Of);
  }
};

template <> struct MappingTraits<Take> {
  static void mapping(IO &IO, Take &T) {
    Keys K(IO);
    K.required("handle", T.Handle);
    K.optional("when", T.When);
    K.optional("conversion", T.Conversion);
  }
};

template <> struct MappingTraits<View> {
  static void mapping(IO &IO, View &V) {
    Keys K(IO);
    K.required("handle", V.Handle);
    K.required("of", V.Of);
    K.optional("until-release", V.UntilRelease);
    K.optional("shares", V.Shares);
  }
};

template <> struct MappingTraits<Begin> {
  static void mapping(IO &IO, Begin &B) {
    Keys K(IO);
    K.required("on", B.On);
    K.optional("when", B.When);
  }
};

template <> struct MappingTraits<Execution> {
  static void mapping(IO &IO, Execution &E) {
    Keys K(IO);
    K.required("text", E.Text);
    K.optional("on", E.On);
    K.optional("when", E.When);
  }
};

template <> struct MappingTraits<Answer> {
  static void mapping(IO &IO, Answer &A) {
    Keys K(IO);
    K.required("of", A.Of);
    K.required("good", A.Good);
  }
};

template <> struct MappingTraits<Timeout> {
  static void mapping(IO &IO, Timeout &T) {
    Keys K(IO);
    K.optional("instead", T.Instead);
    K.optional("text", T.Text);
    K.optional("keywords", T.Keywords);
    K.optional("keys", T.Keys);
    K.optional("argument", T.Argument);
    K.optional("forever", T.Forever);
    K.optional("set-on", T.SetOn);
  }
};

template <> struct MappingTraits<ArgumentIs> {
  static void mapping(IO &IO, ArgumentIs &A) {
    std::optional<int64_t> Equals, Not;
    {
      Keys K(IO);
      K.required("arg", A.Arg);
      K.optional("equals", Equals);
      K.optional("not", Not);
      K.optional("is", A.Named);
      K.optional("integer", A.Integer);
    }
    A.Negated = Not.has_value();
    A.Value = Equals.value_or(Not.value_or(0));
    bool IsNamed = !A.Named.empty();
    if (A.Arg.Where != Slot::Kind::Arg &&
        !(IsNamed && A.Arg.Where == Slot::Kind::This))
      IO.setError("a condition on an argument needs 'arg: arg:N'");
    else if (Equals.has_value() + Not.has_value() + IsNamed != 1)
      IO.setError(
          "a condition on an argument needs one of 'equals', 'not' and 'is'");
  }
};

template <> struct MappingTraits<Function> {
  static void mapping(IO &IO, Function &F) {
    F.Line = currentLine(IO);
    Keys K(IO);
    K.required("names", F.Names);
    K.optional("arity", F.Arity);
    K.optional("when", F.When);
    K.optional("acquires", F.Acquires);
    K.optional("releases", F.Releases);
    K.optional("releases-derived", F.ReleasesDerived);
    K.optional("takes", F.Takes);
    K.optional("views", F.Views);
    K.optional("ends-views-of", F.EndsViewsOf);
    K.optional("returns", F.Returns);
    K.optional("null-on-failure", F.NullOnFailure);
    K.optional("swaps", F.Swaps);
    K.optional("exchanges", F.Exchanges);
    K.optional("makes", F.Makes);
    K.optional("noreturn", F.NoReturn);
    K.optional("forks", F.Forks);
    K.optional("unlikely", F.Unlikely);
    if (F.Unlikely && (F.Unlikely->About != Condition::Subject::Return ||
                       F.Unlikely->Negated))
      IO.setError("'unlikely' speaks of one range of what the call returns, "
                  "such as 'returns < 0'");
    K.throws(F.Throw, F.ThrownTypes);
    K.optional("callbacks", F.Callbacks);
    K.optional("blocks", F.Blocks);
    K.optional("briefly", F.Briefly);
    K.optional("costs", F.Cost);
    K.optional("lends-descriptor", F.LendsDescriptor);
    K.optional("awaits-descriptors", F.AwaitsDescriptors);
    K.optional("begins", F.Begins);
    K.optional("commits", F.Commits);
    K.optional("rolls-back", F.RollsBack);
    K.optional("executes", F.Executes);
    K.optional("status-of", F.StatusOf);
    K.optional("in-transaction", F.InTransaction);
    K.optional("timeout", F.Waits);
    K.optional("sets-timeout", F.SetsTimeout);
    K.optional("from-documentation", F.FromDocumentation);
  }
};

template <> struct MappingTraits<Guard> {
  static void mapping(IO &IO, Guard &G) {
    Keys K(IO);
    K.optional("owns", G.Owns);
    K.optional("deleter", G.Deleter);
    K.optional("deleter-template-argument", G.DeleterTemplateArgument);
    K.optional("runs", G.Runs);
    K.optional("give-up", G.GiveUp);
    K.optional("dismiss", G.Dismiss);
    K.optional("reset", G.Reset);
    K.optional("get", G.Get);
    K.optional("shared", G.Shared);
  }
};

template <> struct MappingTraits<Class> {
  static void mapping(IO &IO, Class &C) {
    C.Line = currentLine(IO);
    Keys K(IO);
    K.required("names", C.Names);
    K.optional("holds", C.Holds);
    K.optional("closed-by", C.ClosedBy);
    K.optional("guard", C.GuardOf);
    K.optional("container", C.Container);
    K.optional("pool", C.Pool);
    K.optional("refers", C.Refers);
    K.optional("text", C.Text);
    K.throws(C.Throw, C.ThrownTypes);
    K.optional("from-documentation", C.FromDocumentation);
  }
};

template <> struct MappingTraits<Library> {
  static void mapping(IO &IO, Library &L) {
    Keys K(IO);
    K.required("library", L.Name);
    K.optional("headers", L.Headers);
    K.optional("documentation", L.Documentation);
    K.optional("from-documentation", L.FromDocumentation);
    K.optional("optional", L.Optional);
    K.optional("sql", L.Sql);
    K.throws(L.Throw, L.ThrownTypes);
    K.optional("resources", L.Resources);
    K.optional("functions", L.Functions);
    K.optional("classes", L.Classes);
  }
};

/// The value of a setting and where it stands.
struct SettingValue {
  std::string Text;
  unsigned Line = 0;
};
template <> struct ScalarTraits<SettingValue> : ReadOnlyScalar<SettingValue> {
  static StringRef input(StringRef Text, void *Ctx, SettingValue &Out) {
    Out.Text = Text.str();
    Out.Line = static_cast<Reading *>(Ctx)->lineOf(Text.data());
    return {};
  }
};

/// The settings of a ProjectFile; any key is allowed, the value is a scalar.
struct SettingsOf {
  ProjectFile &File;
};
template <> struct CustomMappingTraits<SettingsOf> {
  static void inputOne(IO &IO, StringRef Key, SettingsOf &S) {
    SettingValue Value;
    IO.mapRequired(Key, Value);
    S.File.SettingLines[Key.str()] = Value.Line;
    S.File.Settings[Key.str()] = std::move(Value.Text);
  }
  static void output(IO &, SettingsOf &) {
    llvm_unreachable("settings are only read");
  }
};

template <> struct ScalarTraits<FailOn> : ReadOnlyScalar<FailOn> {
  static StringRef input(StringRef Text, void *Ctx, FailOn &Out) {
    auto Parsed = llvm::StringSwitch<std::optional<FailOn>>(Text)
                      .Case("note", FailOn::Note)
                      .Case("warning", FailOn::Warning)
                      .Case("error", FailOn::Error)
                      .Case("never", FailOn::Never)
                      .Default(std::nullopt);
    if (!Parsed)
      return "expected 'note', 'warning', 'error' or 'never'";
    Out = *Parsed;
    return {};
  }
};

template <> struct MappingTraits<Threshold> {
  static void mapping(IO &IO, Threshold &T) {
    T.Line = currentLine(IO);
    Keys K(IO);
    K.optional("fail-on", T.FailOn);
    K.optional("max-findings", T.MaxFindings);
  }
};

/// Thresholds by check.
struct ThresholdsOf {
  GateRules &Rules;
};
template <> struct CustomMappingTraits<ThresholdsOf> {
  static void inputOne(IO &IO, StringRef Key, ThresholdsOf &T) {
    IO.mapRequired(Key, T.Rules.Checks[Key.str()]);
  }
  static void output(IO &, ThresholdsOf &) {
    llvm_unreachable("thresholds are only read");
  }
};

template <> struct MappingTraits<GateRules> {
  static void mapping(IO &IO, GateRules &G) {
    ThresholdsOf Checks{G};
    G.All.Line = currentLine(IO);
    Keys K(IO);
    K.optional("fail-on", G.All.FailOn);
    K.optional("max-findings", G.All.MaxFindings);
    K.optional("checks", Checks);
  }
};

template <> struct MappingTraits<ProjectFile> {
  static void mapping(IO &IO, ProjectFile &P) {
    SettingsOf Settings{P};
    Keys K(IO);
    K.optional("settings", Settings);
    K.optional("gate", P.Gate);
    K.optional("models", P.Models);
  }
};

} // namespace llvm::yaml

namespace {

/// LLVM's words for what is wrong with the form, made into words that say what
/// to do about it.
std::string helpful(StringRef Message, const Reading &R) {
  StringRef Key = Message;
  if (Key.consume_front("unknown key '") && Key.consume_back("'"))
    return Message.str() + remedy(Key, R.Known, "known keys");
  return llvm::StringSwitch<StringRef>(Message)
      .Case("not a sequence", "expected a list here, as in [a, b]")
      .Case("not a mapping", "expected keys here, as in {key: value}")
      .Case("unexpected scalar", "expected a single value here")
      .Case("invalid boolean", "expected 'true' or 'false'")
      .Case("invalid number", "expected a number")
      .Case(
          "unknown node kind",
          "aliases are not known here; put text that starts with '*' in quotes")
      .Default(Message)
      .str();
}

void keepFirst(const llvm::SMDiagnostic &D, void *Ctx) {
  auto &R = *static_cast<Reading *>(Ctx);
  if (!R.FirstError.empty())
    return;
  std::string Text = helpful(D.getMessage(), R);
  R.FirstError = D.getFilename().str();
  if (D.getLineNo() > 0)
    R.FirstError += ":" + std::to_string(D.getLineNo()) + ":" +
                    std::to_string(D.getColumnNo() + 1);
  R.FirstError += ": " + Text;
}

/// How many documents there are; comments and empty lines are none.
unsigned countDocuments(StringRef Text) {
  unsigned Count = 0;
  bool InDocument = false;
  for (StringRef Line : llvm::split(Text, '\n')) {
    StringRef Trimmed = Line.trim();
    if (Line.starts_with("---") || Line.starts_with("...")) {
      InDocument = false;
      Trimmed = Trimmed.drop_front(3).trim();
    }
    if (Trimmed.empty() || Trimmed.starts_with("#"))
      continue;
    Count += !InDocument;
    InDocument = true;
  }
  return Count;
}

template <typename T>
llvm::Error readDocument(StringRef Text, StringRef FileName, T &Out) {
  unsigned Documents = countDocuments(Text);
  if (Documents == 0)
    return llvm::Error::success();
  if (Documents > 1)
    return llvm::createStringError(
        FileName +
        ": more than one document; keep what stands before the second "
        "'---' and move the rest to a file of its own");
  Reading R;
  R.Text = Text;
  llvm::yaml::Input In(llvm::MemoryBufferRef(Text, FileName), &R, keepFirst,
                       &R);
  In >> Out;
  if (In.error() && R.FirstError.empty())
    R.FirstError = (FileName + ": not readable as YAML").str();
  if (R.FirstError.empty())
    return llvm::Error::success();
  return llvm::createStringError(R.FirstError);
}

} // namespace

llvm::Error conntidy::model::readYaml(StringRef Text, StringRef FileName,
                                      Library &Out) {
  return readDocument(Text, FileName, Out);
}

llvm::Error conntidy::model::readYaml(StringRef Text, StringRef FileName,
                                      ProjectFile &Out) {
  return readDocument(Text, FileName, Out);
}
