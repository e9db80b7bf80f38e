//===- ReportPage.cpp - one HTML file that shows findings -----------------===//
//
// Defines writeReportPage().
//
//===----------------------------------------------------------------------===//

#include "report/ReportPage.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Base64.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/SHA256.h"
#include <array>
#include <string>
#include <utility>

namespace conntidy {

/// Written at build time: the files of page/, by name.
llvm::ArrayRef<std::pair<llvm::StringRef, llvm::StringRef>> embeddedPage();

namespace {

llvm::StringRef pageFile(llvm::StringRef Name) {
  for (const auto &[Known, Text] : embeddedPage())
    if (Known == Name)
      return Text;
  llvm_unreachable("no such file in tool/report/page");
}

/// The name that a content security policy knows a text by.
std::string sourceHash(llvm::StringRef Text) {
  std::array<uint8_t, 32> Hash =
      llvm::SHA256::hash(llvm::arrayRefFromStringRef(Text));
  return "'sha256-" + llvm::encodeBase64(Hash) + "'";
}

/// JSON that an HTML parser sees no tag in, and no reader of lines a line end.
/// What is escaped here stands in JSON only inside of strings.
std::string inHtml(const llvm::json::Value &Data) {
  std::string Plain;
  llvm::raw_string_ostream(Plain) << Data;
  std::string Result;
  for (llvm::StringRef Rest = Plain; !Rest.empty();) {
    if (Rest.consume_front("<"))
      Result += "\\u003c";
    else if (Rest.consume_front(">"))
      Result += "\\u003e";
    else if (Rest.consume_front("&"))
      Result += "\\u0026";
    else if (Rest.consume_front("\xE2\x80\xA8"))
      Result += "\\u2028";
    else if (Rest.consume_front("\xE2\x80\xA9"))
      Result += "\\u2029";
    else {
      Result += Rest.front();
      Rest = Rest.drop_front();
    }
  }
  return Result;
}

} // namespace

void writeReportPage(llvm::raw_ostream &Out, const llvm::json::Value &Data) {
  llvm::StringRef Style = pageFile("page.css");
  std::string Script = "'use strict';\n";
  for (llvm::StringRef Part :
       {"data.js", "source.js", "overview.js", "finding.js", "page.js"})
    Script += pageFile(Part);
  std::string Policy = "default-src 'none'; script-src " + sourceHash(Script) +
                       "; style-src " + sourceHash(Style) +
                       "; base-uri 'none'; form-action 'none'; "
                       "require-trusted-types-for 'script'; trusted-types";

  // Place by place, so that nothing in what is filled in counts as a place.
  llvm::StringRef Rest = pageFile("page.html");
  while (!Rest.empty()) {
    auto [Before, After] = Rest.split("{{");
    Out << Before;
    auto [Place, Others] = After.split("}}");
    if (Place == "policy")
      Out << Policy;
    else if (Place == "style")
      Out << Style;
    else if (Place == "data")
      Out << inHtml(Data);
    else if (Place == "script")
      Out << Script;
    Rest = Others;
  }
}

} // namespace conntidy
