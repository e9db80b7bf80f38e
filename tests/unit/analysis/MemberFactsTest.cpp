//===- MemberFactsTest.cpp - what a class does with its members -----------===//
//
// Who is told of a handle in a member: the class that cannot release it, or the
// user who has to; and that nothing is said where other code may know better.
//
//===----------------------------------------------------------------------===//

#include "unit/flow/FlowTestRun.h"

namespace conntidy {
namespace {

using testing::FlowTestRun;

std::vector<Finding> leaksIn(llvm::StringRef Code) {
  std::vector<Finding> Leaks = FlowTestRun::on(Code).findings();
  llvm::erase_if(Leaks,
                 [](const Finding &F) { return F.Check != "conn-leak"; });
  return Leaks;
}

TEST(MemberFacts, ClassThatCannotReleaseIsNamed) {
  auto Leaks = leaksIn(R"cpp(
    class Forgetful {
    public:
      Forgetful() : C(acquire()) {}
    private:
      Conn *C;
    };
    void uses() { Forgetful F; })cpp");
  ASSERT_EQ(Leaks.size(), 1u);
  EXPECT_NE(Leaks[0].Message.find("method of 'Forgetful'"), std::string::npos)
      << Leaks[0].Message;
}

TEST(MemberFacts, UserIsToldWhatToCall) {
  auto Leaks = leaksIn(R"cpp(
    class Manual {
    public:
      void open() { C = acquire(); }
      void shut() { release(C); C = nullptr; }
    private:
      Conn *C = nullptr;
    };
    void uses() { Manual M; M.open(); })cpp");
  ASSERT_EQ(Leaks.size(), 1u);
  EXPECT_EQ(Leaks[0].Function, "uses");
  EXPECT_NE(Leaks[0].Message.find("without 'Manual::shut'"), std::string::npos)
      << Leaks[0].Message;
}

TEST(MemberFacts, SilentIfOthersCanGetAtIt) {
  for (const char *Member :
       {"public: Conn *C;", "Conn *C; friend class Other;",
        "Conn *C; public: Conn *get() { return C; }",
        "Conn *C; public: void shut();", "Conn *C; public: ~Keeper();"})
    EXPECT_TRUE(leaksIn(std::string("class Keeper { public: Keeper() : "
                                    "C(acquire()) {} private: ") +
                        Member + " };")
                    .empty())
        << Member;
}

TEST(MemberFacts, SilentIfTheObjectLivesOn) {
  const char *Class = "class Keeper { public: Keeper() : C(acquire()) {} "
                      "private: Conn *C; };";
  for (const char *Use :
       {"static Keeper Everywhere;", "int main() { Keeper K; }",
        "struct All { Keeper K; }; All Everything;"})
    EXPECT_TRUE(leaksIn(std::string(Class) + Use).empty()) << Use;
}

TEST(MemberFacts, ReplacingAnOpenHandleIsALeak) {
  const char *Before = R"cpp(
    class Keeper {
    public:
      Keeper() : C(acquire()) {}
      ~Keeper() { release(C); }
      void renew() {)cpp";
  const char *After = R"cpp(
        C = acquire();
      }
    private:
      Conn *C;
    };)cpp";
  EXPECT_EQ(leaksIn(std::string(Before) + After).size(), 1u);
  EXPECT_TRUE(leaksIn(std::string(Before) + "release(C);" + After).empty());
  EXPECT_TRUE(leaksIn(std::string(Before) + "if (C) return;" + After).empty());
}

} // namespace
} // namespace conntidy
