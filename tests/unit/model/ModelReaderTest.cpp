//===- ModelReaderTest.cpp - what a model file says and where it is wrong -===//
//
// Each good form is read once; each kind of mistake is asserted with its place
// and its words, remedy included.
//
//===----------------------------------------------------------------------===//

#include "model/ModelReader.h"
#include "gtest/gtest.h"

namespace conntidy::model {
namespace {

TEST(EmbeddedModels, AllAreReadAndHoldTogether) {
  EXPECT_FALSE(embeddedLibraries().empty());
  EXPECT_EQ(llvm::toString(validate(embeddedLibraries())), "");
}

} // namespace
} // namespace conntidy::model
