//===- Wrapped.cpp - what conntidy-clangd does otherwise than clangd ------===//
//
// Defines the functions that the linker puts in the place of clangd's.
//
//===----------------------------------------------------------------------===//

#include "clang-tidy/ClangTidyOptions.h"
#include "clangd/Clangd.h"
#include "clangd/EnabledChecks.h"
#include "clangd/ManualLinks.h"
#include "rules/Registry.h"
#include <optional>

namespace conntidy {
namespace {

using clang::clangd::Transport;

/// Passes on all messages; links in them are mended on the way out. The
/// function that makes links is called where it is defined, so that the linker
/// cannot put another in its place; the message to the editor is the first
/// place to get hold of them.
class MendingTransport final : public Transport {
public:
  explicit MendingTransport(std::unique_ptr<Transport> Inner)
      : Inner(std::move(Inner)) {}

  void notify(llvm::StringRef Method, llvm::json::Value Params) override {
    mendLinks(Params, CONNTIDY_DOCUMENTATION_URL);
    Inner->notify(Method, std::move(Params));
  }
  void call(llvm::StringRef Method, llvm::json::Value Params,
            llvm::json::Value Id) override {
    Inner->call(Method, std::move(Params), std::move(Id));
  }
  /// Quick fixes name the diagnostics that they are for.
  void reply(llvm::json::Value Id,
             llvm::Expected<llvm::json::Value> Result) override {
    if (Result)
      mendLinks(*Result, CONNTIDY_DOCUMENTATION_URL);
    Inner->reply(std::move(Id), std::move(Result));
  }
  llvm::Error loop(MessageHandler &Handler) override {
    return Inner->loop(Handler);
  }

private:
  std::unique_ptr<Transport> Inner;
};

} // namespace
} // namespace conntidy

// Names as the linker knows them.
#define CONNTIDY_FAST "_ZN5clang6clangd15isFastTidyCheckEN4llvm9StringRefE"
#define CONNTIDY_USABLE                                                        \
  "_ZN5clang6clangd21disableUnusableChecksEN4llvm8ArrayRefINSt7__"             \
  "cxx1112basic_stringIcSt11char_traitsIcESaIcEEEEE"
#define CONNTIDY_TRANSPORT                                                     \
  "_ZN5clang6clangd16newJSONTransportEP8_IO_FILERN4llvm11raw_ostreamEPS4_"     \
  "bNS0_15JSONStreamStyleE"

namespace clang::clangd {

std::optional<bool> realIsFast(llvm::StringRef) asm("__real_" CONNTIDY_FAST);
std::optional<bool> wrapIsFast(llvm::StringRef) asm("__wrap_" CONNTIDY_FAST);
TidyProvider realDisableUnusable(llvm::ArrayRef<std::string>) asm(
    "__real_" CONNTIDY_USABLE);
TidyProvider wrapDisableUnusable(llvm::ArrayRef<std::string>) asm(
    "__wrap_" CONNTIDY_USABLE);
std::unique_ptr<Transport>
realNewTransport(std::FILE *, llvm::raw_ostream &, llvm::raw_ostream *, bool,
                 JSONStreamStyle) asm("__real_" CONNTIDY_TRANSPORT);
std::unique_ptr<Transport>
wrapNewTransport(std::FILE *, llvm::raw_ostream &, llvm::raw_ostream *, bool,
                 JSONStreamStyle) asm("__wrap_" CONNTIDY_TRANSPORT);

/// clangd runs only checks that it knows to be fast. Ours are not in its list,
/// and are.
std::optional<bool> wrapIsFast(llvm::StringRef Check) {
  return conntidy::findCheck(Check) ? true : realIsFast(Check);
}

/// clangd puts together what the environment, .clang-tidy, .clangd and its own
/// defaults say, one after the other. The last is this one: it takes out checks
/// that do not work in an editor.
TidyProvider wrapDisableUnusable(llvm::ArrayRef<std::string> Extra) {
  return [Real = realDisableUnusable(Extra)](tidy::ClangTidyOptions &Options,
                                             llvm::StringRef File) {
    Options.Checks = conntidy::withOurChecks(Options.Checks.value_or(""));
    Real(Options, File);
  };
}

std::unique_ptr<Transport> wrapNewTransport(std::FILE *In,
                                            llvm::raw_ostream &Out,
                                            llvm::raw_ostream *InMirror,
                                            bool Pretty,
                                            JSONStreamStyle Style) {
  return std::make_unique<conntidy::MendingTransport>(
      realNewTransport(In, Out, InMirror, Pretty, Style));
}

} // namespace clang::clangd
