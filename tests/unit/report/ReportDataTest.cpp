//===- ReportDataTest.cpp - what the report page is made of ---------------===//
//
// Logs as text, and the data that is read from them: places, columns, lines of
// source that only the log has, and what other tools leave out.
//
//===----------------------------------------------------------------------===//

#include "report/ReportData.h"
#include "report/ReportPage.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace conntidy {
namespace {

using llvm::json::Array;
using llvm::json::Object;
using llvm::json::Value;

/// The data of a run that has these members.
Value dataOf(const std::string &Members) {
  SourceText Text;
  ReportData Data("/nowhere", Text);
  llvm::cantFail(Data.add("x.sarif", R"({"version": "2.1.0", "runs": [{)" +
                                         Members + "}]}"));
  return Data.take();
}

Value parsed(llvm::StringRef Text) {
  return llvm::cantFail(llvm::json::parse(Text));
}

const Object &firstFinding(const Value &Data) {
  return *Data.getAsObject()->getArray("findings")->front().getAsObject();
}

std::string errorOf(llvm::StringRef Log) {
  SourceText Text;
  ReportData Data("/nowhere", Text);
  return llvm::toString(Data.add("x.sarif", Log));
}

TEST(ReportData, PlaceIsAFileAndItsRegion) {
  Value Data = dataOf(R"("results": [{"locations": [{"physicalLocation": {
      "artifactLocation": {"uri": "a%20b.c"},
      "region": {"startLine": 3, "startColumn": 5, "endColumn": 9}}}]}])");
  EXPECT_EQ(*firstFinding(Data).get("at"), Value(Array{0, 3, 5, 3, 9}));
  EXPECT_EQ(*Data.getAsObject()->get("files"),
            parsed(R"([{"path": "a b.c", "lines": []}])"));
}

TEST(ReportData, BasesRestOnBases) {
  Value Data = dataOf(R"("originalUriBaseIds": {
        "TOP": {"uri": "file:///top/"},
        "SRC": {"uri": "src/", "uriBaseId": "TOP"}},
      "artifacts": [{"location": {"uri": "a.c", "uriBaseId": "SRC"}},
                    {"location": {"uri": "b.c", "uriBaseId": "TOP"}}],
      "results": [
        {"locations": [{"physicalLocation": {"artifactLocation": {"index": 0}}}]},
        {"locations": [{"physicalLocation": {"artifactLocation": {"index": 1}}}]}])");
  EXPECT_EQ(*Data.getAsObject()->get("files"),
            parsed(R"([{"path": "src/a.c", "lines": []},
                       {"path": "b.c", "lines": []}])"));
}

TEST(ReportData, BasesThatRestOnThemselvesEnd) {
  Value Data = dataOf(R"("originalUriBaseIds": {"A": {"uriBaseId": "A"}},
      "results": [{"locations": [{"physicalLocation": {
        "artifactLocation": {"uri": "a.c", "uriBaseId": "A"}}}]}])");
  EXPECT_EQ(*firstFinding(Data).get("at"), Value(Array{0, 0, 0, 0, 0}));
}

TEST(ReportData, CodePointsBecomeUtf16) {
  Value Data = dataOf(R"("columnKind": "unicodeCodePoints",
      "artifacts": [{"location": {"uri": "a.c"},
                     "contents": {"text": "x\n\"\ud83d\ude00\u00e9\" y\n"}}],
      "results": [{"locations": [{"physicalLocation": {
        "artifactLocation": {"index": 0},
        "region": {"startLine": 2, "startColumn": 6, "endColumn": 7}}}]}])");
  EXPECT_EQ(*firstFinding(Data).get("at"), Value(Array{0, 2, 7, 2, 8}));
}

TEST(ReportData, MessageMayStandInTheRule) {
  Value Data = dataOf(R"("tool": {"driver": {"rules": [{"id": "r",
        "defaultConfiguration": {"level": "error"},
        "messageStrings": {"m": {"text": "{0} leaks {1}, {0} {7} {"}}}]}},
      "results": [{"ruleIndex": 0,
        "message": {"id": "m", "arguments": ["{1}", "b"]}}])");
  EXPECT_EQ(*firstFinding(Data).get("text"), "{1} leaks b, {1} {7} {");
  EXPECT_EQ(*firstFinding(Data).get("check"), "r");
  EXPECT_EQ(*firstFinding(Data).get("level"), "error");
  EXPECT_EQ(*firstFinding(Data).get("at"), nullptr);
}

TEST(ReportData, SnippetStandsWhereItsRegionBegins) {
  Value Data = dataOf(R"("results": [{"locations": [{"physicalLocation": {
      "artifactLocation": {"uri": "gone.c"},
      "region": {"startLine": 4, "startColumn": 3,
                 "snippet": {"text": "f();"}}}}]}])");
  EXPECT_EQ(*Data.getAsObject()->get("files"),
            parsed(R"([{"path": "gone.c", "lines": [[4, ["  f();"]]]}])"));
}

TEST(ReportData, RejectedSuppressionsSilenceNothing) {
  Value Data = dataOf(R"("results": [
      {"suppressions": [{"kind": "external", "status": "rejected"}]},
      {"suppressions": [{"kind": "inSource", "justification": "known"}]}])");
  const Array &Findings = *Data.getAsObject()->getArray("findings");
  EXPECT_EQ(Findings[0].getAsObject()->get("suppressed"), nullptr);
  EXPECT_EQ(*Findings[1].getAsObject()->get("suppressed"), "known");
}

TEST(ReportData, ErrorsSayWhereAndWhatToDo) {
  EXPECT_THAT(errorOf("{\n!"), testing::StartsWith("x.sarif:2:"));
  EXPECT_THAT(errorOf("{}"), testing::HasSubstr("--format=sarif"));
  EXPECT_THAT(errorOf(std::string(1000, '[')),
              testing::HasSubstr("nested too deep"));
}

TEST(ReportPage, DataEndsNoScript) {
  std::string Page;
  llvm::raw_string_ostream Out(Page);
  writeReportPage(
      Out, Object{{"findings", Array{"</script>\xE2\x80\xA8{{style}}"}}});
  EXPECT_THAT(
      Page, testing::HasSubstr("[\"\\u003c/script\\u003e\\u2028{{style}}\"]"));
}

} // namespace
} // namespace conntidy
