//===- CommandAdapter.cpp - any compiler's command, for Clang -------------===//
//
// Defines adaptCommand() and dropQuotedArguments(). Which flags Clang knows is
// asked of Clang's own option table; the lists here are of flags that it knows
// and that must not reach it all the same.
//
//===----------------------------------------------------------------------===//

#include "driver/CommandAdapter.h"
#include "driver/CompilerQuery.h"
#include "project/ResourceDirectory.h"
#include "clang/Driver/Types.h"
#include "clang/Options/Options.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"
#include "llvm/Support/VirtualFileSystem.h"

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;
namespace types = clang::driver::types;

namespace conntidy {
namespace {

using Words = std::vector<std::string>;

bool isAssignment(llvm::StringRef Word) {
  return Word.contains('=') && !Word.starts_with("-") && !Word.contains('/');
}

/// Removes what is called to call the compiler: `ccache gcc`, `cmake -E env
/// LANG=C gcc`, `libtool --mode=compile gcc`, `nice -n 5 gcc`.
void stripWrappers(Words &Arguments) {
  static constexpr llvm::StringLiteral Launchers[] = {
      "ccache", "sccache", "distcc",   "icecc",     "gomacc",
      "goma",   "time",    "colorgcc", "buildcache"};
  auto Front = [&] {
    return Arguments.empty() ? llvm::StringRef()
                             : llvm::StringRef(Arguments.front());
  };
  auto Pop = [&] { Arguments.erase(Arguments.begin()); };

  while (!Arguments.empty()) {
    llvm::StringRef Program = path::filename(Front());
    if (llvm::is_contained(Launchers, Program) && Arguments.size() > 1 &&
        !llvm::StringRef(Arguments[1]).starts_with("-")) {
      Pop();
    } else if (Program == "env" || Program == "nice") {
      Pop();
      while (Front().starts_with("-")) {
        bool TakesValue = Front() == "-u" || Front() == "-n";
        Pop();
        if (TakesValue && !Arguments.empty())
          Pop();
      }
    } else if (Program == "cmake" && Arguments.size() > 2 &&
               Arguments[1] == "-E") {
      auto Separator = llvm::find(Arguments, "--");
      if (Arguments[2] == "env" || Separator == Arguments.end())
        Arguments.erase(Arguments.begin(), Arguments.begin() + 3);
      else
        Arguments.erase(Arguments.begin(), Separator + 1);
    } else if (Program.contains("libtool")) {
      Pop();
      while (Front().starts_with("-"))
        Pop();
    } else if ((Program == "sh" || Program == "bash") && Arguments.size() > 1 &&
               path::filename(Arguments[1]).contains("libtool")) {
      Pop();
    } else if (!isAssignment(Front())) {
      return;
    }
    while (isAssignment(Front()))
      Pop();
  }
}

/// Flags that say nothing about how the source reads: outputs, dependency
/// files, warnings, instrumentation, plug-ins of the other compiler.
bool isSilentlyDropped(llvm::StringRef Spelling) {
  static constexpr llvm::StringLiteral Exact[] = {
      "-c",           "-S",
      "-E",           "-o",
      "-w",           "-pipe",
      "-v",           "-###",
      "-dumpdir",     "-dumpbase",
      "-emit-ast",    "-emit-llvm",
      "-pedantic",    "-pedantic-errors",
      "-fsyntax-only"};
  static constexpr llvm::StringLiteral Prefixes[] = {"-M",
                                                     "-save-temps",
                                                     "--save-temps",
                                                     "-fsanitize",
                                                     "-fno-sanitize",
                                                     "-fprofile",
                                                     "-fno-profile",
                                                     "-flto",
                                                     "-fno-lto",
                                                     "-ftime-",
                                                     "--serialize-diagnostics",
                                                     "-fdiagnostics",
                                                     "-fcolor-",
                                                     "-fdump-",
                                                     "-specs",
                                                     "-Wl,",
                                                     "-Wa,",
                                                     "-fcrash-diagnostics",
                                                     "-gen-reproducer",
                                                     "-fcs-profile",
                                                     "-ferror-limit"};
  if (llvm::is_contained(Exact, Spelling))
    return true;
  if (llvm::any_of(Prefixes, [&](llvm::StringRef Prefix) {
        return Spelling.starts_with(Prefix);
      }))
    return true;
  return Spelling.starts_with("-W") && !Spelling.starts_with("-Wp,");
}

/// Flags that load code, run it or write files beside the compiler's output. A
/// command may come from a change that nobody has looked at.
bool runsCode(llvm::StringRef Flag) {
  static constexpr llvm::StringLiteral Prefixes[] = {
      "-fplugin",    "-fpass-plugin",
      "-load",       "-plugin",
      "-add-plugin", "-B",
      "-wrapper",    "--config",
      "-ccc-",       "-gen-cdb-fragment-path",
      "-mllvm"};
  return llvm::any_of(Prefixes, [&](llvm::StringRef Prefix) {
    return Flag.starts_with(Prefix);
  });
}

/// Modules are built by the build: without its products the flags only fail.
bool isModuleFlag(llvm::StringRef Spelling) {
  return Spelling.starts_with("-fmodule") ||
         Spelling.starts_with("-fimplicit-module") ||
         Spelling.starts_with("-fprebuilt-module") ||
         Spelling.starts_with("-fdeps-");
}

/// Flags that change which directories a compiler searches.
bool movesHeaders(llvm::StringRef Flag) {
  static constexpr llvm::StringLiteral Prefixes[] = {
      "--sysroot=", "-std=",  "-stdlib=",     "-march=",  "-mcpu=",
      "-mabi=",     "-mfpu=", "-mfloat-abi=", "-mthumb",  "-m32",
      "-m64",       "-mx32",  "-nostdinc",    "--target="};
  return llvm::any_of(Prefixes, [&](llvm::StringRef Prefix) {
    return Flag.starts_with(Prefix);
  });
}

types::ID typeByName(llvm::StringRef File) {
  llvm::StringRef Extension = path::extension(File);
  Extension.consume_front(".");
  return types::lookupTypeForExtension(Extension);
}

class Adapter {
public:
  Adapter(const CompileCommand &From, CompilerQuery &Compilers)
      : From(From), Compilers(Compilers) {
    Result.Directory = From.Directory;
    Result.File = From.File;
  }

  AdaptedCommand run() {
    Words Raw = From.Arguments;
    stripWrappers(Raw);
    if (Raw.empty())
      Raw = {"cc"}; // nothing but a wrapper: the file's name has to do
    expandResponseFiles(Raw);
    Result.Kind = kindOf(Raw);
    if (Result.Kind != UnitKind::Source)
      return std::move(Result);

    llvm::StringRef Compiler = Raw.front();
    Result.Arguments = {programFor(Compiler)};
    keepWhatClangKnows(Raw);
    clang::tooling::addTargetAndModeForProgramName(Result.Arguments,
                                                   path::filename(Compiler));
    if (CompilerQuery::needed(Compiler, From.Directory))
      addHeadersOf(Compiler, Raw);
    Result.Arguments.push_back("-resource-dir=" + resourceDirectory());
    Result.Arguments.push_back("--");
    Result.Arguments.push_back(From.File);
    return std::move(Result);
  }

private:
  void ignore(const llvm::Twine &What) {
    std::string Text = What.str();
    if (!llvm::is_contained(Result.Ignored, Text))
      Result.Ignored.push_back(std::move(Text));
  }

  void ignoreCode(const llvm::Twine &Flag) {
    ignore("flag '" + Flag + "', which may load or run code");
  }

  bool exists(llvm::StringRef Path) const {
    return fs::exists(absolutePath(From.Directory, Path));
  }

  void expandResponseFiles(Words &Raw) {
    llvm::BumpPtrAllocator Allocator;
    llvm::SmallVector<const char *, 64> Tokens;
    for (const std::string &Word : Raw)
      Tokens.push_back(Word.c_str());
    llvm::cl::ExpansionContext Context(Allocator,
                                       llvm::cl::TokenizeGNUCommandLine);
    Context.setCurrentDir(From.Directory);
    if (llvm::Error Error = Context.expandResponseFiles(Tokens))
      ignore("response file that cannot be read: " +
             llvm::toString(std::move(Error)));
    Words Expanded;
    for (llvm::StringRef Token : Tokens) {
      if (Token.starts_with("@"))
        ignore("response file '" + Token + "', which does not exist");
      else
        Expanded.push_back(Token.str());
    }
    Raw = std::move(Expanded);
  }

  UnitKind kindOf(const Words &Raw) const {
    if (path::filename(Raw.front()).starts_with("nvcc"))
      return UnitKind::Cuda;
    types::ID Type = typeByName(From.File);
    for (size_t Index = 1; Index < Raw.size(); ++Index) {
      llvm::StringRef Language = Raw[Index];
      if (!Language.consume_front("-x"))
        continue;
      if (Language.empty() && Index + 1 < Raw.size())
        Language = Raw[++Index];
      if (types::ID Named =
              types::lookupTypeForTypeSpecifier(Language.str().c_str()))
        Type = Named;
    }
    if (types::isCuda(Type) || types::isHIP(Type))
      return UnitKind::Cuda;
    if (Type == types::TY_Asm || Type == types::TY_PP_Asm)
      return UnitKind::Assembler;
    if (Type == types::TY_INVALID || types::isObjC(Type) ||
        types::isLLVMIR(Type) || !types::isAcceptedByClang(Type))
      return UnitKind::Foreign;
    return UnitKind::Source;
  }

  /// Clang finds headers relative to its own place, so a Clang keeps its path;
  /// for any other compiler the place means nothing to it.
  static std::string programFor(llvm::StringRef Compiler) {
    return path::filename(Compiler).contains("clang") ? Compiler.str()
                                                      : "clang";
  }

  void keepWhatClangKnows(const Words &Raw) {
    llvm::SmallVector<const char *, 64> Tokens;
    for (const std::string &Word : llvm::drop_begin(Raw))
      Tokens.push_back(Word.c_str());
    unsigned MissingIndex = 0, MissingCount = 0;
    llvm::opt::InputArgList Parsed = clang::getDriverOptTable().ParseArgs(
        Tokens, MissingIndex, MissingCount,
        llvm::opt::Visibility(clang::options::ClangOption));
    if (MissingCount)
      ignore("flag '" + llvm::Twine(Tokens[MissingIndex]) +
             "', whose value is missing");

    Words Frontend; // what stands behind each -Xclang
    for (const llvm::opt::Arg *Argument : Parsed) {
      if (Argument->getOption().matches(clang::options::OPT_Xclang))
        Frontend.push_back(Argument->getValue());
      else
        keepOrDrop(*Argument, Parsed);
    }
    keepFrontendFlags(Frontend);
  }

  void keepOrDrop(const llvm::opt::Arg &Argument,
                  const llvm::opt::InputArgList &All) {
    const llvm::opt::Option &Option = Argument.getOption();
    llvm::StringRef Spelling = Argument.getSpelling();
    if (Option.matches(clang::options::OPT_INPUT))
      return; // the file itself is added at the end
    if (Option.matches(clang::options::OPT_UNKNOWN)) {
      llvm::StringRef Flag = All.getArgString(Argument.getIndex());
      if (runsCode(Flag))
        ignoreCode(Flag);
      else if (isModuleFlag(Flag))
        ignore("module flag '" + Flag.split('=').first + "'");
      else if (!isSilentlyDropped(Flag))
        ignore("flag '" + Flag + "', which Clang does not know");
      return;
    }
    if (runsCode(Spelling))
      return ignoreCode(Argument.getAsString(All));
    if (isSilentlyDropped(Spelling) ||
        Option.matches(clang::options::OPT_M_Group))
      return;
    if (isModuleFlag(Spelling))
      return ignore("module flag '" + Spelling.rtrim('=') + "'");
    if (Spelling.starts_with("-Wp,") &&
        llvm::StringRef(Argument.getAsString(All)).contains(",-M"))
      return;
    if (Option.matches(clang::options::OPT_include_pch))
      return keepSourceOfPch(Argument.getValue(), /*ForFrontend=*/false);
    if (Option.matches(clang::options::OPT_include) &&
        onlyPrecompiled(Argument.getValue(), All))
      return;
    llvm::opt::ArgStringList Rendered;
    Argument.render(All, Rendered);
    Result.Arguments.insert(Result.Arguments.end(), Rendered.begin(),
                            Rendered.end());
  }

  /// GCC reads `h.gch` in place of `h`, even if there is no `h`.
  bool onlyPrecompiled(llvm::StringRef Header,
                       const llvm::opt::InputArgList &All) {
    Words Places = {Header.str()};
    for (const std::string &Directory :
         All.getAllArgValues(clang::options::OPT_I)) {
      llvm::SmallString<256> Place(Directory);
      path::append(Place, Header);
      Places.push_back(Place.str().str());
    }
    for (const std::string &Place : Places) {
      bool Precompiled = exists(Place + ".gch");
      if (exists(Place)) {
        if (Precompiled)
          ignore("precompiled header '" + Header +
                 ".gch' of GCC: the header itself is read");
        return false;
      }
      if (Precompiled) {
        ignore("precompiled header '" + Header +
               ".gch' of GCC, and the header itself does not exist");
        return true;
      }
    }
    return false; // Clang says that it is missing
  }

  /// A PCH fits one build of Clang with the same flags; its source fits all.
  void keepSourceOfPch(llvm::StringRef Pch, bool ForFrontend) {
    llvm::StringRef Source = Pch;
    ignore("precompiled header '" + path::filename(Pch) + "'");
    // CMake also passes the header itself, behind -Xclang.
    if (!ForFrontend && Source.consume_back(".pch") && exists(Source)) {
      Result.Arguments.push_back("-include");
      Result.Arguments.push_back(Source.str());
    }
  }

  void keepFrontendFlags(const Words &Flags) {
    bool HeaderIsNamed = llvm::is_contained(Flags, "-include");
    for (size_t Index = 0; Index < Flags.size(); ++Index) {
      llvm::StringRef Flag = Flags[Index];
      bool HasValue = Index + 1 < Flags.size();
      if (Flag == "-include-pch" && HasValue) {
        keepSourceOfPch(Flags[++Index], HeaderIsNamed);
      } else if (runsCode(Flag)) {
        bool TakesValue = !Flag.contains('=') && HasValue;
        ignoreCode(TakesValue ? (Flag + " " + Flags[Index + 1]).str()
                              : Flag.str());
        Index += TakesValue;
      } else if (isModuleFlag(Flag)) {
        ignore("module flag '" + Flag.split('=').first + "'");
      } else if (!isSilentlyDropped(Flag) && Flag != "-emit-pch") {
        Result.Arguments.push_back("-Xclang");
        Result.Arguments.push_back(Flag.str());
      }
    }
  }

  /// What lies beside the code may have come with a change.
  bool liesInRepository(llvm::StringRef Compiler) const {
    if (!Compiler.contains('/'))
      return false; // found where the user looks for programs
    std::string Program = absolutePath(From.Directory, Compiler);
    llvm::SmallString<256> Real;
    if (!fs::real_path(Program, Real))
      Program = Real.str().str();
    for (llvm::StringRef Place :
         {llvm::StringRef(Program), llvm::StringRef(From.File)})
      for (llvm::StringRef Directory = path::parent_path(Place);
           Directory.size() > 1; Directory = path::parent_path(Directory))
        if (fs::exists(Directory + "/.git") &&
            llvm::StringRef(Program).starts_with((Directory + "/").str()))
          return true;
    return false;
  }

  void addHeadersOf(llvm::StringRef Compiler, const Words &Raw) {
    Words Flags;
    for (size_t Index = 1; Index < Raw.size(); ++Index) {
      llvm::StringRef Flag = Raw[Index];
      if ((Flag == "--sysroot" || Flag == "-isysroot") &&
          Index + 1 < Raw.size()) {
        Flags.push_back(
            (llvm::Twine(Flag == "--sysroot" ? "--sysroot=" : "-isysroot") +
             absolutePath(From.Directory, Raw[++Index]))
                .str());
      } else if (Flag.consume_front("--sysroot=")) {
        Flags.push_back("--sysroot=" + absolutePath(From.Directory, Flag));
      } else if (movesHeaders(Flag)) {
        Flags.push_back(Flag.str());
      }
    }
    if (liesInRepository(Compiler))
      return ignore("header directories of '" + Compiler +
                    "': it is not run, as it lies in the repository");
    bool CPlusPlus = types::isCXX(typeByName(From.File)) ||
                     path::filename(Compiler).contains("++");
    std::string WhyNot;
    const CompilerAnswer *Answer =
        Compilers.ask(Compiler, From.Directory, CPlusPlus, Flags, WhyNot);
    if (!Answer)
      return ignore("header directories of '" + Compiler + "': " + WhyNot);
    Result.Arguments.push_back("-nostdlibinc");
    for (const std::string &Directory : Answer->IncludeDirectories) {
      Result.Arguments.push_back("-isystem");
      Result.Arguments.push_back(Directory);
    }
    bool TargetIsNamed =
        llvm::any_of(Result.Arguments, [](llvm::StringRef Word) {
          return Word == "-target" || Word.starts_with("--target=");
        });
    if (!TargetIsNamed && !Answer->Target.empty())
      Result.Arguments.push_back("--target=" + Answer->Target);
  }

  const CompileCommand &From;
  CompilerQuery &Compilers;
  AdaptedCommand Result;
};

} // namespace

AdaptedCommand adaptCommand(const CompileCommand &Command,
                            CompilerQuery &Compilers) {
  return Adapter(Command, Compilers).run();
}

bool dropQuotedArguments(AdaptedCommand &Command, llvm::StringRef Message) {
  auto EndOfFlags = llvm::find(Command.Arguments, "--");
  while (Message.contains('\'')) {
    llvm::StringRef Quoted;
    std::tie(Quoted, Message) = Message.split('\'').second.split('\'');
    auto Culprit = std::find_if(
        Command.Arguments.begin() + 1, EndOfFlags, [&](llvm::StringRef Word) {
          // A unit parsed for another machine would be another unit.
          if (Quoted.empty() || Word.starts_with("--target="))
            return false;
          return Word == Quoted || Word.ends_with(("=" + Quoted).str());
        });
    if (Culprit == EndOfFlags)
      continue;
    Command.Ignored.push_back("flag '" + *Culprit +
                              "', which Clang does not support here");
    Command.Arguments.erase(Culprit);
    return true;
  }
  return false;
}

} // namespace conntidy
