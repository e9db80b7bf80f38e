//===- FunctionFacts.cpp - the file form of facts about functions ---------===//

#include "summary/FunctionFacts.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

namespace json = llvm::json;

namespace conntidy {

FunctionKey keyOf(llvm::StringRef Usr) { return llvm::xxh3_64bits(Usr); }

json::Value toJson(uint64_t Number) {
  return llvm::utohexstr(Number, /*LowerCase=*/true);
}

std::optional<uint64_t> numberFromJson(const json::Value *Value) {
  uint64_t Number = 0;
  auto Text = Value ? Value->getAsString() : std::nullopt;
  if (!Text || Text->getAsInteger(16, Number))
    return std::nullopt;
  return Number;
}

static json::Array namesToJson(const std::vector<std::string> &Names) {
  json::Array Out;
  for (const std::string &Name : Names)
    Out.push_back(Name);
  return Out;
}

// What holds for most functions is left out: there are many of them.
json::Value toJson(const FunctionFacts &F) {
  json::Object Out{{"key", toJson(F.Key)},
                   {"name", json::fixUTF8(F.Name)},
                   {"parameters", F.Parameters}};
  if (!F.Throws.empty()) {
    json::Array Types;
    for (const ThrownType &T : F.Throws)
      Types.push_back(json::Object{{"names", namesToJson(T.Names)},
                                   {"sure", static_cast<int>(T.Sureness)}});
    Out["throws"] = std::move(Types);
  }
  if (F.ThrowsAnything)
    Out["throws-anything"] = static_cast<int>(*F.ThrowsAnything);
  if (!F.ThrowsAsDoes.empty()) {
    json::Array Others;
    for (const ThrownBy &T : F.ThrowsAsDoes) {
      json::Object One{{"key", toJson(T.Function)}};
      if (!T.Caught.empty())
        One["caught"] = namesToJson(T.Caught);
      if (T.Otherwise)
        One["otherwise"] = static_cast<int>(*T.Otherwise);
      Others.push_back(std::move(One));
    }
    Out["throws-as-does"] = std::move(Others);
  }
  if (!F.Keeps.empty())
    Out["keeps"] = json::Array(F.Keeps);
  if (!F.KeepsIf.empty()) {
    json::Array Others;
    for (const KeptBy &K : F.KeepsIf)
      Others.push_back(
          json::Array{K.Parameter, toJson(K.Function), K.Argument});
    Out["keeps-if"] = std::move(Others);
  }
  if (F.NeverReturns)
    Out["never-returns"] = true;
  if (F.NeverReturnsIf)
    Out["never-returns-if"] = toJson(F.NeverReturnsIf);
  if (F.Waits) {
    json::Array Chain;
    for (const Step &One : F.Waits->Chain)
      Chain.push_back(json::Object{
          {"text", json::fixUTF8(One.Text)},
          {"depth", One.Depth},
          {"file", json::fixUTF8(One.Where.File)},
          {"at", json::Array{One.Where.Line, One.Where.Column,
                             One.Where.EndLine, One.Where.EndColumn}}});
    json::Object Waits{{"for", json::fixUTF8(F.Waits->For)},
                       {"chain", std::move(Chain)}};
    if (F.Waits->OnDescriptors)
      Waits["on-sockets"] = true;
    Out["waits"] = std::move(Waits);
  }
  if (!F.WaitsIf.empty()) {
    json::Array Others;
    for (FunctionKey Key : F.WaitsIf)
      Others.push_back(toJson(Key));
    Out["waits-if"] = std::move(Others);
  }
  if (!F.Effects.empty())
    Out["effects"] = F.Effects;
  if (!F.Role.empty())
    Out["role"] = json::fixUTF8(F.Role);
  if (F.Touches)
    Out["touches"] = true;
  if (F.Analyzed)
    Out["analyzed"] = true;
  if (F.Ambiguous)
    Out["ambiguous"] = true;
  return Out;
}

namespace {

/// Reads members of an object; remembers whether all had their form.
class FactsReader {
public:
  explicit FactsReader(const json::Object &From) : From(From) {}

  void read(llvm::StringRef Key, bool &Into) {
    if (const json::Value *V = From.get(Key))
      take(V->getAsBoolean(), Into);
  }
  void read(llvm::StringRef Key, std::string &Into) {
    if (const json::Value *V = From.get(Key)) {
      auto Text = V->getAsString();
      Good &= Text.has_value();
      Into = Text.value_or("").str();
    }
  }
  void read(llvm::StringRef Key, std::optional<Certainty> &Into) {
    if (const json::Value *V = From.get(Key))
      Into = certainty(*V);
  }
  void readKey(llvm::StringRef Key, FunctionKey &Into) {
    if (const json::Value *V = From.get(Key))
      take(numberFromJson(V), Into);
  }
  template <typename Visit> void each(llvm::StringRef Key, Visit Each) {
    const json::Value *V = From.get(Key);
    if (!V)
      return;
    const json::Array *All = V->getAsArray();
    Good &= All != nullptr;
    if (All)
      for (const json::Value &One : *All)
        Each(One);
  }
  void names(llvm::StringRef Key, std::vector<std::string> &Into) {
    each(Key, [&](const json::Value &One) {
      auto Text = One.getAsString();
      Good &= Text.has_value();
      Into.push_back(Text.value_or("").str());
    });
  }
  unsigned index(const json::Value *V) {
    auto Number = V ? V->getAsInteger() : std::nullopt;
    Good &= Number && *Number >= 0 && *Number < 4096;
    return Good ? *Number : 0;
  }
  Certainty certainty(const json::Value &V) {
    unsigned Number = index(&V);
    Good &= Number <= static_cast<unsigned>(Certainty::Possible);
    return Good ? static_cast<Certainty>(Number) : Certainty::Possible;
  }
  template <typename T> void take(std::optional<T> Given, auto &Into) {
    Good &= Given.has_value();
    if (Given)
      Into = *Given;
  }

  bool Good = true;

private:
  const json::Object &From;
};

} // namespace

std::optional<FunctionFacts> factsFromJson(const json::Value &Value) {
  const json::Object *Top = Value.getAsObject();
  if (!Top)
    return std::nullopt;
  FunctionFacts F;
  FactsReader In(*Top);
  In.Good = Top->get("key") && Top->get("parameters");
  In.readKey("key", F.Key);
  In.read("name", F.Name);
  F.Parameters = In.index(Top->get("parameters"));
  In.each("throws", [&](const json::Value &One) {
    const json::Object *Type = One.getAsObject();
    if (!Type || !Type->get("sure")) {
      In.Good = false;
      return;
    }
    FactsReader Inner(*Type);
    ThrownType T;
    Inner.names("names", T.Names);
    T.Sureness = Inner.certainty(*Type->get("sure"));
    In.Good &= Inner.Good && !T.Names.empty();
    F.Throws.push_back(std::move(T));
  });
  In.read("throws-anything", F.ThrowsAnything);
  In.each("throws-as-does", [&](const json::Value &One) {
    const json::Object *Other = One.getAsObject();
    if (!Other) {
      In.Good = false;
      return;
    }
    FactsReader Inner(*Other);
    ThrownBy T;
    Inner.readKey("key", T.Function);
    Inner.names("caught", T.Caught);
    Inner.read("otherwise", T.Otherwise);
    In.Good &= Inner.Good;
    F.ThrowsAsDoes.push_back(std::move(T));
  });
  In.each("keeps",
          [&](const json::Value &One) { F.Keeps.push_back(In.index(&One)); });
  In.each("keeps-if", [&](const json::Value &One) {
    const json::Array *Parts = One.getAsArray();
    if (!Parts || Parts->size() != 3) {
      In.Good = false;
      return;
    }
    KeptBy K;
    K.Parameter = In.index(&(*Parts)[0]);
    In.take(numberFromJson(&(*Parts)[1]), K.Function);
    K.Argument = In.index(&(*Parts)[2]);
    F.KeepsIf.push_back(K);
  });
  In.read("never-returns", F.NeverReturns);
  In.readKey("never-returns-if", F.NeverReturnsIf);
  if (const json::Object *Waits = Top->getObject("waits")) {
    FactsReader Inner(*Waits);
    WaitFacts &W = F.Waits.emplace();
    Inner.read("for", W.For);
    Inner.read("on-sockets", W.OnDescriptors);
    Inner.each("chain", [&](const json::Value &One) {
      const json::Object *Parts = One.getAsObject();
      const json::Array *At = Parts ? Parts->getArray("at") : nullptr;
      if (!At || At->size() != 4) {
        In.Good = false;
        return;
      }
      FactsReader Deeper(*Parts);
      Step S;
      Deeper.read("text", S.Text);
      Deeper.read("file", S.Where.File);
      S.Depth = Deeper.index(Parts->get("depth"));
      auto Number = [&](size_t N) {
        unsigned Value = 0;
        Deeper.take((*At)[N].getAsInteger(), Value);
        return Value;
      };
      S.Where.Line = Number(0);
      S.Where.Column = Number(1);
      S.Where.EndLine = Number(2);
      S.Where.EndColumn = Number(3);
      In.Good &= Deeper.Good;
      W.Chain.push_back(std::move(S));
    });
    In.Good &= Inner.Good;
  }
  In.each("waits-if", [&](const json::Value &One) {
    In.take(numberFromJson(&One), F.WaitsIf.emplace_back());
  });
  In.read("effects", F.Effects);
  In.read("role", F.Role);
  In.read("touches", F.Touches);
  In.read("analyzed", F.Analyzed);
  In.read("ambiguous", F.Ambiguous);
  if (!In.Good)
    return std::nullopt;
  return F;
}

} // namespace conntidy
