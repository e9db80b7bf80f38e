//===- Clangd.h - what is used of clangd ------------------------*- C++ -*-===//
//
// Declares, in clangd's own words, the few things of its libraries that
// conntidy-clangd gets between: their headers are installed nowhere. A function
// called __wrap_X takes the place of X for all callers in other files (the
// linker's --wrap, see CMakeLists.txt), __real_X is clangd's.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_CLANGD_CLANGD_H
#define CONNTIDY_CLANGD_CLANGD_H

#include "llvm/ADT/FunctionExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdio>
#include <memory>

namespace clang::tidy {
struct ClangTidyOptions;
} // namespace clang::tidy

namespace clang::clangd {

int clangdMain(int Argc, char *Argv[]);

/// Says which checks are on for a file.
using TidyProvider = llvm::unique_function<void(
    tidy::ClangTidyOptions &, llvm::StringRef /*Filename*/) const>;

class Logger {
public:
  enum Level { Debug, Verbose, Info, Error };
};
namespace detail {
void logImpl(Logger::Level, const char *Format,
             const llvm::formatv_object_base &);
} // namespace detail

enum JSONStreamStyle { Standard, Delimited };

/// Messages to and from the editor.
class Transport {
public:
  virtual ~Transport() = default;
  virtual void notify(llvm::StringRef Method, llvm::json::Value Params) = 0;
  virtual void call(llvm::StringRef Method, llvm::json::Value Params,
                    llvm::json::Value Id) = 0;
  virtual void reply(llvm::json::Value Id,
                     llvm::Expected<llvm::json::Value> Result) = 0;
  class MessageHandler;
  virtual llvm::Error loop(MessageHandler &) = 0;
};

} // namespace clang::clangd

#endif // CONNTIDY_CLANGD_CLANGD_H
