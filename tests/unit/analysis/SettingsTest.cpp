//===- SettingsTest.cpp - KEY=VALUE, right and wrong ----------------------===//
//
// Every key sets its member and nothing else; every mistake is answered with
// what would be right.
//
//===----------------------------------------------------------------------===//

#include "analysis/Settings.h"
#include "gtest/gtest.h"

namespace conntidy {
namespace {

std::string errorOf(llvm::StringRef Key, llvm::StringRef Value) {
  Settings S;
  return llvm::toString(S.set(Key, Value));
}

TEST(Settings, CountsAreSet) {
  Settings S;
  EXPECT_FALSE(llvm::errorToBool(S.set("MaxPathStates", "7")));
  EXPECT_FALSE(llvm::errorToBool(S.set("MaxSteps", "123")));
  EXPECT_EQ(S.MaxPathStates, 7u);
  EXPECT_EQ(S.MaxSteps, 123u);
  EXPECT_EQ(S.ThrowCertainty, Settings().ThrowCertainty);
}

TEST(Settings, CertaintiesAreWords) {
  Settings S;
  for (auto [Word, Wanted] : {std::pair("definite", Certainty::Definite),
                              std::pair("possible", Certainty::Possible),
                              std::pair("likely", Certainty::Likely)}) {
    EXPECT_FALSE(llvm::errorToBool(S.set("ThrowCertainty", Word)));
    EXPECT_EQ(S.ThrowCertainty, Wanted) << Word;
  }
}

TEST(Settings, OptionalModelsAreAList) {
  Settings S;
  EXPECT_TRUE(S.OptionalModels.empty());
  EXPECT_FALSE(llvm::errorToBool(S.set("OptionalModels", "files, locks,")));
  EXPECT_EQ(S.OptionalModels, (std::vector<std::string>{"files", "locks"}));
  EXPECT_FALSE(llvm::errorToBool(S.set("OptionalModels", "")));
  EXPECT_TRUE(S.OptionalModels.empty());
}

TEST(Settings, DefaultsAreTheOnesTheManualNames) {
  Settings S;
  EXPECT_EQ(S.ThrowCertainty, Certainty::Likely);
  EXPECT_EQ(S.MaxPathStates, 32u);
}

TEST(Settings, WrongValuesSayWhatTheKeyTakes) {
  for (llvm::StringRef Value : {"0", "-1", "many", "", "1.5", "99999999999"})
    EXPECT_EQ(errorOf("MaxSteps", Value),
              ("setting 'MaxSteps' cannot be '" + Value +
               "': it takes a whole number from 1")
                  .str());
  EXPECT_EQ(errorOf("ThrowCertainty", "Likely"),
            "setting 'ThrowCertainty' cannot be 'Likely': it takes "
            "'definite', 'likely' or 'possible'");
}

TEST(Settings, WrongValueChangesNothing) {
  Settings S;
  llvm::consumeError(S.set("MaxSteps", "0"));
  llvm::consumeError(S.set("ThrowCertainty", "sure"));
  EXPECT_EQ(S.MaxSteps, Settings().MaxSteps);
  EXPECT_EQ(S.ThrowCertainty, Settings().ThrowCertainty);
}

TEST(Settings, MistypedKeyIsRecognised) {
  EXPECT_EQ(errorOf("MaxStep", "5"),
            "unknown setting 'MaxStep'; did you mean 'MaxSteps'?");
  EXPECT_EQ(errorOf("throwcertainty", "likely"),
            "unknown setting 'throwcertainty'; did you mean "
            "'ThrowCertainty'?");
}

TEST(Settings, UnknownKeyIsAnsweredWithAllThereAre) {
  EXPECT_EQ(errorOf("Colour", "red"),
            "unknown setting 'Colour'; the settings are IncludeBorrowed, "
            "MaxPathStates, MaxSteps, OptionalModels, ProbeNames, "
            "ThrowCertainty");
}

} // namespace
} // namespace conntidy
