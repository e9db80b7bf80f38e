//===- StoredUnit.cpp - what came of a unit, as text ----------------------===//
//
// Defines toStoredForm() and fromStoredForm().
//
//===----------------------------------------------------------------------===//

#include "index/StoredUnit.h"
#include <nlohmann/json.hpp>

namespace conntidy {

using Json = nlohmann::json;

// Found by nlohmann's library.

static void to_json(Json &Out, const FileRange &R) {
  Out = {R.File, R.Line, R.Column, R.EndLine, R.EndColumn};
}
static void from_json(const Json &In, FileRange &R) {
  R = {In.at(0), In.at(1), In.at(2), In.at(3), In.at(4)};
}
static void to_json(Json &Out, const Step &S) {
  Out = {static_cast<int>(S.What), S.Where, S.Text, S.Depth};
}
static void from_json(const Json &In, Step &S) {
  S = {static_cast<Step::Kind>(In.at(0).get<int>()), In.at(1), In.at(2),
       In.at(3)};
}
static void to_json(Json &Out, const Replacement &R) {
  Out = {R.Where, R.Text};
}
static void from_json(const Json &In, Replacement &R) {
  R = {In.at(0), In.at(1)};
}
static void to_json(Json &Out, const Record &R) {
  Out = {{"check", R.Check},
         {"severity", static_cast<int>(R.Severity)},
         {"sureness", static_cast<int>(R.Sureness)},
         {"where", R.Where},
         {"message", R.Message},
         {"function", R.Function},
         {"statement", R.Statement},
         {"resource", R.Resource},
         {"trail", R.Trail},
         {"exits", R.Exits},
         {"fix", R.Fix}};
}
static void from_json(const Json &In, Record &R) {
  R.Check = In.at("check");
  R.Severity = static_cast<Level>(In.at("severity").get<int>());
  R.Sureness = static_cast<Certainty>(In.at("sureness").get<int>());
  R.Where = In.at("where");
  R.Message = In.at("message");
  R.Function = In.at("function");
  R.Statement = In.at("statement");
  R.Resource = In.at("resource");
  R.Trail = In.at("trail").get<std::vector<Step>>();
  R.Exits = In.at("exits").get<std::vector<Step>>();
  R.Fix = In.at("fix").get<std::vector<Replacement>>();
}

static std::string textOf(const FunctionFacts &F) {
  std::string Text;
  llvm::raw_string_ostream(Text) << toJson(F);
  return Text;
}

std::string toStoredForm(const UnitOutcome &Outcome) {
  Json Facts = Json::array(), Asked = Json::array();
  for (const FunctionFacts &F : Outcome.Facts)
    Facts.push_back(textOf(F));
  for (const IndexQuestion &Q : Outcome.Asked)
    Asked.push_back({Q.Function, static_cast<int>(Q.What), Q.Answer});
  const UnitStatistics &S = Outcome.Statistics;
  Json Out = {{"file", Outcome.File},        {"findings", Outcome.Findings},
              {"ignored", Outcome.Ignored},  {"empty", Outcome.Empty},
              {"facts", std::move(Facts)},   {"asked", std::move(Asked)},
              {"functions", S.Functions},    {"analyzed", S.Analyzed},
              {"over-budget", S.OverBudget}, {"not-built", S.NotBuilt}};
  // Names of files need not be UTF-8.
  return Out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

static UnitOutcome read(const Json &In) {
  UnitOutcome Outcome;
  Outcome.File = In.at("file");
  Outcome.Findings = In.at("findings").get<std::vector<Record>>();
  Outcome.Ignored = In.at("ignored").get<std::vector<std::string>>();
  Outcome.Empty = In.at("empty");
  for (const Json &One : In.at("facts")) {
    std::string Text = One;
    auto Parsed = llvm::json::parse(Text);
    auto Facts = Parsed ? factsFromJson(*Parsed) : std::nullopt;
    llvm::consumeError(Parsed.takeError());
    if (!Facts)
      throw std::runtime_error("facts about a function without their form");
    Outcome.Facts.push_back(std::move(*Facts));
  }
  for (const Json &Q : In.at("asked"))
    Outcome.Asked.push_back(
        {Q.at(0), static_cast<IndexQuestion::Kind>(Q.at(1).get<int>()),
         Q.at(2)});
  UnitStatistics &S = Outcome.Statistics;
  S.Functions = In.at("functions");
  S.Analyzed = In.at("analyzed");
  S.OverBudget = In.at("over-budget").get<std::vector<std::string>>();
  S.NotBuilt = In.at("not-built").get<std::vector<std::string>>();
  return Outcome;
}

std::optional<UnitOutcome> fromStoredForm(llvm::StringRef Text) {
  Json In = Json::parse(Text.begin(), Text.end(), nullptr,
                        /*allow_exceptions=*/false);
  if (In.is_discarded())
    return std::nullopt;
  try {
    return read(In);
  } catch (const std::exception &) {
    return std::nullopt;
  }
}

} // namespace conntidy
