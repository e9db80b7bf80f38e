//===- CommandAdapterTest.cpp - any compiler's command, for Clang ---------===//
//
// One habit of build systems a test: what is kept, what is dropped, and what is
// said about it.
//
//===----------------------------------------------------------------------===//

#include "driver/CommandAdapter.h"
#include "driver/CompilerQuery.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

namespace conntidy {
namespace {

using Words = std::vector<std::string>;

AdaptedCommand adapted(Words Arguments, llvm::StringRef File = "/src/a.c") {
  CompilerQuery Compilers;
  return adaptCommand({"/src", File.str(), std::move(Arguments)}, Compilers);
}

/// The flags between the program and what is added for every unit, in Clang's
/// own spelling (`-D X`).
Words flagsOf(const AdaptedCommand &Command) {
  Words Flags;
  for (const std::string &Word : llvm::drop_begin(Command.Arguments)) {
    if (llvm::StringRef(Word).starts_with("-resource-dir="))
      break;
    Flags.push_back(Word);
  }
  return Flags;
}

TEST(CommandAdapter, KeepsWhatSaysHowTheSourceReads) {
  Words Flags = {"-std=gnu99", "-D",       "X=1",
                 "-U",         "Y",        "-I",
                 "inc",        "-isystem", "/usr/include/foo",
                 "-m32",       "-O2",      "-include",
                 "config.h"};
  Words Arguments = {"gcc"};
  llvm::append_range(Arguments, Flags);
  llvm::append_range(Arguments, Words{"-c", "a.c", "-o", "a.o"});
  AdaptedCommand Command = adapted(Arguments);
  EXPECT_EQ(flagsOf(Command), Flags);
  EXPECT_TRUE(Command.Ignored.empty());
  EXPECT_EQ(Command.Arguments.front(), "clang");
  EXPECT_EQ(Command.Arguments.back(), "/src/a.c");
}

TEST(CommandAdapter, DropsOutputsAndWarningsSilently) {
  AdaptedCommand Command = adapted(
      {"gcc", "-Wall", "-Werror=foo", "-Wno-gcc-only", "-w", "-MD", "-MF",
       "a.d", "-MT", "a.o", "-pipe", "-fsanitize=address", "-flto=auto",
       "-fprofile-use=x", "-save-temps", "-Wl,-z,now", "-c", "a.c"});
  EXPECT_EQ(flagsOf(Command), Words());
  EXPECT_TRUE(Command.Ignored.empty());
}

TEST(CommandAdapter, StripsWhatLoadsOrRunsCodeAndSaysSo) {
  const Words Flags[] = {{"-fplugin=evil.so"},
                         {"-fplugin-arg-evil-x=1"},
                         {"-fpass-plugin=evil.so"},
                         {"-Xclang", "-load", "-Xclang", "evil.so"},
                         {"-Xclang", "-plugin", "-Xclang", "evil"},
                         {"-Xclang", "-add-plugin", "-Xclang", "evil"},
                         {"-Xclang", "-fpass-plugin=evil.so"},
                         {"-B", "evil"},
                         {"-Bevil"},
                         {"-wrapper", "evil,--args"},
                         {"--config=evil.cfg"},
                         {"-gen-cdb-fragment-path", "evil"},
                         {"-mllvm", "-load=evil.so"},
                         {"-Xclang", "-mllvm", "-Xclang", "-load=evil.so"}};
  for (const Words &Own : Flags) {
    Words Arguments = {"clang"};
    llvm::append_range(Arguments, Own);
    llvm::append_range(Arguments, Words{"-DKEPT", "-c", "a.c"});
    AdaptedCommand Command = adapted(Arguments);
    EXPECT_EQ(flagsOf(Command), (Words{"-D", "KEPT"})) << Own.front();
    ASSERT_FALSE(Command.Ignored.empty()) << Own.front();
    EXPECT_TRUE(llvm::StringRef(Command.Ignored.front())
                    .ends_with("which may load or run code"))
        << Command.Ignored.front();
  }
}

TEST(CommandAdapter, SaysWhichFlagClangDoesNotKnow) {
  AdaptedCommand Command =
      adapted({"gcc", "-fconserve-stack", "-DX", "-fconserve-stack", "a.c"});
  EXPECT_EQ(flagsOf(Command), (Words{"-D", "X"}));
  EXPECT_EQ(Command.Ignored,
            Words{"flag '-fconserve-stack', which Clang does not know"});
}

TEST(CommandAdapter, KeepsPreprocessorFlagsButNotThoseThatWrite) {
  EXPECT_EQ(flagsOf(adapted({"gcc", "-Wp,-DX=1", "-Wp,-MMD,a.d", "a.c"})),
            Words{"-Wp,-DX=1"});
}

TEST(CommandAdapter, ReadsTheCompilersModeFromItsName) {
  EXPECT_EQ(flagsOf(adapted({"/usr/bin/g++-12", "a.c"})),
            Words{"--driver-mode=g++"});
  EXPECT_EQ(adapted({"/opt/llvm/bin/clang++", "a.cpp"}).Arguments.front(),
            "/opt/llvm/bin/clang++");
}

TEST(CommandAdapter, StripsLaunchers) {
  for (const Words &Prefix :
       {Words{"ccache"}, Words{"/usr/bin/distcc"}, Words{"ccache", "sccache"},
        Words{"env", "-u", "HOME", "LANG=C"}, Words{"nice", "-n", "5"},
        Words{"cmake", "-E", "env", "A=b"}, Words{"ccache", "CCACHE_DIR=x"},
        Words{"cmake", "-E", "__run_co_compile", "--tidy=x", "--"},
        Words{"/bin/sh", "../libtool", "--tag=CC", "--mode=compile"}}) {
    Words Arguments = Prefix;
    llvm::append_range(Arguments, Words{"gcc", "-DX", "-c", "a.c"});
    EXPECT_EQ(flagsOf(adapted(Arguments)), (Words{"-D", "X"}))
        << Prefix.front();
  }
}

TEST(CommandAdapter, DoesNotTakeTheCompilerForItsLauncher) {
  AdaptedCommand Command = adapted({"ccache", "-DX", "a.c"});
  EXPECT_EQ(flagsOf(Command), (Words{"-D", "X"}));
}

TEST(CommandAdapter, TellsLanguagesApart) {
  EXPECT_EQ(adapted({"gcc", "a.c"}).Kind, UnitKind::Source);
  EXPECT_EQ(adapted({"gcc", "a"}, "/src/a.CPP").Kind, UnitKind::Source);
  EXPECT_EQ(adapted({"gcc", "a.S"}, "/src/a.S").Kind, UnitKind::Assembler);
  EXPECT_EQ(adapted({"gcc", "a.cu"}, "/src/a.cu").Kind, UnitKind::Cuda);
  EXPECT_EQ(adapted({"nvcc", "a.cpp"}, "/src/a.cpp").Kind, UnitKind::Cuda);
  EXPECT_EQ(adapted({"gfortran", "a.f90"}, "/src/a.f90").Kind,
            UnitKind::Foreign);
  EXPECT_EQ(adapted({"clang", "a.m"}, "/src/a.m").Kind, UnitKind::Foreign);
  EXPECT_EQ(adapted({"gcc", "-xc++", "a.inc"}, "/src/a.inc").Kind,
            UnitKind::Source);
  EXPECT_EQ(adapted({"gcc", "-x", "assembler", "a.c"}).Kind,
            UnitKind::Assembler);
}

TEST(CommandAdapter, DropsModuleFlagsWithANotice) {
  AdaptedCommand Command =
      adapted({"g++", "-fmodules-ts", "-fmodule-mapper=a.map",
               "-fmodule-map-file=m", "-x", "c++", "a.c"});
  EXPECT_EQ(flagsOf(Command), (Words{"--driver-mode=g++", "-x", "c++"}));
  EXPECT_EQ(Command.Ignored, (Words{"module flag '-fmodules-ts'",
                                    "module flag '-fmodule-mapper'",
                                    "module flag '-fmodule-map-file'"}));
}

TEST(CommandAdapter, KeepsFrontendFlagsButNotPlugins) {
  EXPECT_EQ(flagsOf(adapted({"clang", "-Xclang", "-load", "-Xclang", "p.so",
                             "-Xclang", "-fno-signed-char", "a.c"})),
            (Words{"-Xclang", "-fno-signed-char"}));
}

TEST(CommandAdapter, ValueWithoutItsFlagIsNoInput) {
  AdaptedCommand Command =
      adapted({"gcc", "--param", "max=1", "b.o", "a.c", "-I"});
  EXPECT_EQ(Command.Ignored, Words{"flag '-I', whose value is missing"});
  EXPECT_EQ(llvm::count(Command.Arguments, "b.o"), 0);
}

TEST(DropQuotedArguments, FindsTheFlagByItsNameOrValue) {
  AdaptedCommand Command = adapted({"gcc", "-march=odd", "-mfoo", "a.c"});
  Command.Arguments = {"clang", "-march=odd", "-DX", "--", "/src/a.c"};
  EXPECT_TRUE(dropQuotedArguments(Command, "unknown target CPU 'odd'"));
  EXPECT_EQ(Command.Arguments, (Words{"clang", "-DX", "--", "/src/a.c"}));
  EXPECT_FALSE(dropQuotedArguments(Command, "unknown target CPU 'odd'"));
  EXPECT_FALSE(dropQuotedArguments(Command, "no quotes at all"));
  EXPECT_FALSE(dropQuotedArguments(Command, "an 'unpaired quote"));
}

TEST(DropQuotedArguments, NeverDropsTheTargetOrTheFile) {
  AdaptedCommand Command;
  Command.Arguments = {"clang", "--target=odd", "--", "/src/a.c"};
  EXPECT_FALSE(dropQuotedArguments(Command, "unknown target triple 'odd'"));
  EXPECT_FALSE(dropQuotedArguments(Command, "cannot read '/src/a.c'"));
}

TEST(CompilerQuery, IsNeededForCrossCompilersOnly) {
  EXPECT_TRUE(CompilerQuery::needed("arm-none-eabi-gcc", "/"));
  EXPECT_TRUE(CompilerQuery::needed("/opt/arm-linux-gnueabihf-g++-12.3", "/"));
  EXPECT_TRUE(CompilerQuery::needed("/opt/gcc-13/bin/g++", "/"));
  EXPECT_FALSE(CompilerQuery::needed("/usr/bin/gcc", "/"));
  EXPECT_FALSE(CompilerQuery::needed("/opt/llvm/bin/clang++", "/"));
  EXPECT_FALSE(CompilerQuery::needed("my-build-wrapper.py", "/"));
}

TEST(CompilerQuery, ReadsTheAngledListOnly) {
  CompilerAnswer Answer =
      parseVerboseOutput("Using built-in specs.\n"
                         "Target: arm-none-eabi\n"
                         "ignoring nonexistent \"/x\"\n"
                         "#include \"...\" search starts here:\n"
                         " /quoted\n"
                         "#include <...> search starts here:\n"
                         " /opt/arm/lib/../include\n"
                         " /opt/arm/include/c++/12\n"
                         "End of search list.\n"
                         " /after\n");
  EXPECT_EQ(Answer.Target, "arm-none-eabi");
  EXPECT_EQ(Answer.IncludeDirectories,
            (Words{"/opt/arm/include", "/opt/arm/include/c++/12"}));
}

} // namespace
} // namespace conntidy
