//===- SummaryTest.cpp - cases: what is merged, what is kept, how it reads ===//
//
// Summaries made by hand. What functions are summarised to is tested in
// analysis/SummaryInferenceTest.cpp.
//
//===----------------------------------------------------------------------===//

#include "summary/Summary.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

namespace conntidy {
namespace {

using flow::Fact;

Path parameter(unsigned Index) {
  Path P;
  P.Index = Index;
  return P;
}

SummaryEffect releases(unsigned Index) {
  SummaryEffect E;
  E.At = parameter(Index);
  return E;
}

SummaryCase returning(int64_t Number) {
  SummaryCase C;
  C.Returned.What = SummaryValue::Kind::Int;
  C.Returned.Number = Number;
  C.ReturnFact = Fact::exactly(Number);
  return C;
}

SummaryCase releasing(unsigned Index, int64_t Returned) {
  SummaryCase C = returning(Returned);
  C.Effects.push_back(releases(Index));
  return C;
}

std::string textOf(const Summary &S) {
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  S.print(Out, "f");
  return Text;
}

TEST(Summary, NothingHappensTrivially) {
  Summary S;
  EXPECT_TRUE(S.trivial());
  S.add(returning(0));
  S.add(returning(1));
  EXPECT_TRUE(S.trivial());
  S.add(releasing(0, 2));
  EXPECT_FALSE(S.trivial());
}

TEST(Summary, HandingOnAParameterIsNotTrivial) {
  SummaryCase C;
  C.Returned.What = SummaryValue::Kind::Entry;
  C.Returned.At = parameter(0);
  Summary S;
  S.add(C);
  EXPECT_FALSE(S.trivial());
}

TEST(Summary, EqualEffectsMakeOneCase) {
  Summary S;
  S.add(releasing(0, 0));
  S.add(releasing(0, 3));
  ASSERT_EQ(S.Cases.size(), 1u);
  EXPECT_EQ(S.Cases[0].Returned.What, SummaryValue::Kind::Unknown);
  EXPECT_EQ(S.Cases[0].ReturnFact, Fact::range(0, 3));
}

TEST(Summary, AgreeingCasesKeepTheirReturnValue) {
  Summary S;
  S.add(releasing(0, 5));
  S.add(releasing(0, 5));
  ASSERT_EQ(S.Cases.size(), 1u);
  EXPECT_EQ(S.Cases[0].Returned.Number, 5);
  EXPECT_EQ(S.Cases[0].ReturnFact, Fact::exactly(5));
}

TEST(Summary, DifferentEffectsStayApart) {
  Summary S;
  S.add(releasing(0, 0));
  S.add(releasing(1, 0));
  S.add(returning(0));
  EXPECT_EQ(S.Cases.size(), 3u);
}

TEST(Summary, ThrowingIsACaseOfItsOwn) {
  SummaryCase Throws;
  Throws.Effects.push_back(releases(0));
  Throws.Thrown.emplace();
  Throws.Thrown->addAnything(Certainty::Likely);
  Summary S;
  S.add(releasing(0, 0));
  S.add(Throws);
  Throws.Thrown->addAnything(Certainty::Definite);
  S.add(Throws);
  ASSERT_EQ(S.Cases.size(), 2u);
  ASSERT_TRUE(S.Cases[1].Thrown.has_value());
  EXPECT_EQ(S.Cases[1].Thrown->Anything, Certainty::Definite);
}

// `if (c) release(c)`: a caller that knows `c` must be able to choose.
TEST(Summary, DifferentNeedsStayApart) {
  SummaryCase Null = returning(0), NonNull = releasing(0, 0);
  Null.Needs.push_back({parameter(0), Fact::exactly(0)});
  NonNull.Needs.push_back({parameter(0), Fact::except(0)});
  SummaryCase OtherNull = returning(0);
  OtherNull.Needs.push_back({parameter(1), Fact::exactly(0)});
  Summary S;
  S.add(Null);
  S.add(NonNull);
  S.add(OtherNull);
  EXPECT_EQ(S.Cases.size(), 3u);
}

TEST(Summary, TooManyCasesAreGivenUpForGood) {
  Summary S;
  for (unsigned N = 0; N < 100; ++N)
    S.add(releasing(N, 0));
  EXPECT_TRUE(S.TooComplex);
  EXPECT_TRUE(S.Cases.empty());
  EXPECT_FALSE(S.trivial());
  S.add(returning(0));
  EXPECT_TRUE(S.Cases.empty());
}

// Needs alone cannot make it too complex: past a few they are forgotten, but
// never narrowed.
TEST(Summary, ManyNeedsMergeIntoWhatAllImply) {
  Summary S;
  for (int64_t N = 0; N < 100; ++N) {
    SummaryCase C = releasing(0, 0);
    C.Needs.push_back({parameter(1), Fact::exactly(N)});
    S.add(C);
  }
  EXPECT_FALSE(S.TooComplex);
  EXPECT_LE(S.Cases.size(), 16u);
  for (int64_t N = 0; N < 100; ++N)
    EXPECT_TRUE(llvm::any_of(S.Cases, [&](const SummaryCase &C) {
      return C.Needs.empty() || C.Needs[0].second.contains(N);
    })) << N;
}

TEST(Summary, PathsReadAsAPersonWritesThem) {
  EXPECT_EQ(toText(parameter(0)), "param1");
  Path P = parameter(1);
  PathStep Through;
  Through.Dereference = true;
  PathStep Element;
  Element.Pseudo = flow::PseudoField::Element;
  Element.Index = 4;
  PathStep Owned;
  Owned.Pseudo = flow::PseudoField::Owned;
  P.Steps = {Through, Element, Owned};
  EXPECT_EQ(toText(P), "(*param2)[4].<owned>");
  Path This;
  This.From = Path::Root::This;
  EXPECT_EQ(toText(This), "this");
  Path Returned;
  Returned.From = Path::Root::Return;
  EXPECT_EQ(toText(Returned), "returned");
  Path Object;
  Object.From = Path::Root::Object;
  EXPECT_EQ(toText(Object), "object0");
}

TEST(Summary, PrintsItsCases) {
  Summary S;
  SummaryCase C = releasing(0, 0);
  C.Needs.push_back({parameter(1), Fact::range(1, Fact::Max)});
  FreshLease L;
  L.Api = "acquire";
  L.IfHandle = Fact::except(0);
  L.IfReturned = Fact::range(Fact::Min, -1);
  C.Leases.push_back(L);
  SummaryEffect Store;
  Store.What = SummaryEffect::Kind::Store;
  Store.At = parameter(2);
  Store.Stored.What = SummaryValue::Kind::Lease;
  Store.Stored.Number = 0;
  C.Effects.push_back(Store);
  SummaryEffect Take;
  Take.What = SummaryEffect::Kind::Take;
  Take.At = parameter(3);
  C.Effects.push_back(Take);
  S.add(C);
  SummaryCase Throws;
  Throws.Thrown.emplace();
  S.add(Throws);
  EXPECT_EQ(textOf(S), "summary f\n"
                       "  case returns 0 (0)\n"
                       "    needs param2 = [1..]\n"
                       "    acquires lease0 by acquire if handle is any but 0"
                       " if returned is [..-1]\n"
                       "    releases param1\n"
                       "    stores param3 <- lease0\n"
                       "    takes param4\n"
                       "  case throws\n");
}

TEST(Summary, SaysThatItGaveUp) {
  Summary S;
  S.TooComplex = true;
  EXPECT_EQ(textOf(S), "summary f\n  too many cases\n");
}

} // namespace
} // namespace conntidy
