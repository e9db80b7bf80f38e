//===- ValueTest.cpp - facts, places and symbols --------------------------===//
//
// What is known of a number after tests and joins, at the edges of its range
// above all; and that places and symbols are one where they mean one thing.
//
//===----------------------------------------------------------------------===//

#include "flow/Value.h"
#include "gtest/gtest.h"

namespace conntidy::flow {
namespace {

constexpr int64_t Min = Fact::Min, Max = Fact::Max;

Fact withHoles(int64_t Low, int64_t High, llvm::SmallVector<int64_t, 2> Not) {
  return {Low, High, std::move(Not)};
}

TEST(FactRestrict, IntersectsRanges) {
  Fact F = Fact::range(0, 10);
  EXPECT_TRUE(F.restrict(Fact::range(5, 20)));
  EXPECT_EQ(F, Fact::range(5, 10));
}

TEST(FactRestrict, DisjointRangesContradict) {
  EXPECT_FALSE(Fact::range(0, 4).restrict(Fact::range(5, 9)));
  EXPECT_FALSE(Fact::exactly(0).restrict(Fact::except(0)));
}

TEST(FactRestrict, OneValueInCommonIsNoContradiction) {
  Fact F = Fact::range(0, 5);
  EXPECT_TRUE(F.restrict(Fact::range(5, 9)));
  EXPECT_EQ(F, Fact::exactly(5));
}

TEST(FactRestrict, HoleAtAnEndMovesTheEnd) {
  Fact F = Fact::range(0, 10);
  EXPECT_TRUE(F.restrict(Fact::except(0)));
  EXPECT_EQ(F, Fact::range(1, 10));
  EXPECT_TRUE(F.restrict(Fact::except(10)));
  EXPECT_EQ(F, Fact::range(1, 9));
}

TEST(FactRestrict, HolesInARowMoveTheEndTogether) {
  Fact F = withHoles(0, 10, {1, 2});
  EXPECT_TRUE(F.restrict(Fact::except(0)));
  EXPECT_EQ(F, Fact::range(3, 10));
}

TEST(FactRestrict, HolesCanEatTheWholeRange) {
  Fact F = withHoles(0, 2, {1});
  EXPECT_TRUE(F.restrict(Fact::except(0)));
  EXPECT_EQ(F, Fact::exactly(2));
  EXPECT_FALSE(F.restrict(Fact::except(2)));
}

TEST(FactRestrict, HolesOutsideTheRangeGo) {
  Fact F = Fact::except(100);
  EXPECT_TRUE(F.restrict(Fact::range(0, 10)));
  EXPECT_EQ(F, Fact::range(0, 10));
}

TEST(FactRestrict, NothingIsLearntFromNothing) {
  Fact F = withHoles(-3, 7, {0});
  Fact Before = F;
  EXPECT_TRUE(F.restrict(Fact()));
  EXPECT_EQ(F, Before);
}

TEST(FactRestrict, OrderDoesNotMatter) {
  Fact A = Fact::except(3), B = Fact::except(1);
  EXPECT_TRUE(A.restrict(Fact::except(1)));
  EXPECT_TRUE(B.restrict(Fact::except(3)));
  EXPECT_EQ(A, B);
}

TEST(FactExclude, ExactlyThatValueContradicts) {
  EXPECT_FALSE(Fact::exactly(7).exclude(7, 7));
  EXPECT_TRUE(Fact::exactly(7).exclude(8, 8));
}

TEST(FactExclude, WiderThanTheRangeContradicts) {
  EXPECT_FALSE(Fact::range(0, 5).exclude(-1, 6));
  EXPECT_FALSE(Fact().exclude(Min, Max));
}

TEST(FactExclude, CutsEitherEnd) {
  Fact F = Fact::range(0, 10);
  EXPECT_TRUE(F.exclude(-5, 3));
  EXPECT_EQ(F, Fact::range(4, 10));
  EXPECT_TRUE(F.exclude(8, 20));
  EXPECT_EQ(F, Fact::range(4, 7));
}

TEST(FactExclude, HalfLinesLeaveTheOtherHalf) {
  Fact F;
  EXPECT_TRUE(F.exclude(Min, -1));
  EXPECT_EQ(F, Fact::range(0, Max));
  EXPECT_TRUE(F.exclude(1, Max));
  EXPECT_EQ(F, Fact::exactly(0));
}

TEST(FactExclude, OneValueInTheMiddleIsAHole) {
  Fact F;
  EXPECT_TRUE(F.exclude(0, 0));
  EXPECT_EQ(F, Fact::except(0));
  EXPECT_FALSE(F.contains(0));
  EXPECT_TRUE(F.contains(1));
  EXPECT_TRUE(F.contains(-1));
}

TEST(FactExclude, FewValuesInTheMiddleAreHoles) {
  Fact F = Fact::range(0, 10);
  EXPECT_TRUE(F.exclude(4, 6));
  for (int64_t V : {4, 5, 6})
    EXPECT_FALSE(F.contains(V)) << V;
  EXPECT_TRUE(F.contains(3));
  EXPECT_TRUE(F.contains(7));
}

// Sound, if not exact: what is excluded may stay, what is not must.
TEST(FactExclude, WideGapIsForgottenNotWidened) {
  Fact F = Fact::range(0, 1000);
  EXPECT_TRUE(F.exclude(100, 900));
  EXPECT_TRUE(F.contains(50));
  EXPECT_TRUE(F.contains(950));
}

TEST(FactExclude, OutsideTheRangeChangesNothing) {
  Fact F = Fact::range(5, 9);
  EXPECT_TRUE(F.exclude(0, 4));
  EXPECT_EQ(F, Fact::range(5, 9));
  EXPECT_TRUE(F.exclude(10, 12));
  EXPECT_EQ(F, Fact::range(5, 9));
}

// The width of such a gap does not fit a signed number.
TEST(FactExclude, WideGapSpanningTheLineDoesNotOverflow) {
  Fact F;
  EXPECT_TRUE(F.exclude(Min + 1, Max - 1));
  EXPECT_TRUE(F.contains(Min));
  EXPECT_TRUE(F.contains(Max));
}

TEST(FactExclude, NeverLosesAValueOutsideTheGap) {
  const Fact Samples[] = {Fact(), Fact::range(-4, 6), Fact::except(0),
                          withHoles(-5, 5, {-3, 0, 3}),
                          withHoles(0, 9, {2, 4, 6, 8})};
  for (const Fact &A : Samples)
    for (int64_t L = -6; L <= 8; ++L)
      for (int64_t H = L; H <= 10; ++H) {
        Fact F = A;
        bool Left = F.exclude(L, H);
        for (int64_t V = -8; V <= 12; ++V)
          if (A.contains(V) && (V < L || V > H)) {
            EXPECT_TRUE(Left && F.contains(V)) << V << " of " << L << ".." << H;
          }
      }
}

TEST(FactJoin, KeepsWhatEitherAllows) {
  Fact J = Fact::join(Fact::range(0, 3), Fact::range(2, 9));
  EXPECT_EQ(J, Fact::range(0, 9));
}

TEST(FactJoin, WithNothingKnownIsNothingKnown) {
  EXPECT_TRUE(Fact::join(Fact::exactly(1), Fact()).trivial());
  EXPECT_TRUE(Fact::join(Fact(), Fact::except(0)).trivial());
}

TEST(FactJoin, HoleOfBothStays) {
  EXPECT_EQ(Fact::join(Fact::except(0), Fact::except(0)), Fact::except(0));
  EXPECT_EQ(Fact::join(Fact::except(0), Fact::exactly(4)), Fact::except(0));
}

TEST(FactJoin, HoleOfOneGoes) {
  EXPECT_TRUE(Fact::join(Fact::except(0), Fact::except(1)).trivial());
  EXPECT_TRUE(Fact::join(Fact::except(0), Fact::exactly(0)).trivial());
}

TEST(FactJoin, BothSidesOfNullRememberThatItIsNot) {
  Fact J = Fact::join(Fact::range(Min, -1), Fact::range(1, Max));
  EXPECT_EQ(J, Fact::except(0));
}

TEST(FactJoin, EqualFactsStayWhatTheyAre) {
  Fact F = withHoles(0, 9, {4, 6});
  EXPECT_EQ(Fact::join(F, F), F);
}

TEST(FactJoin, IsImpliedByBothSides) {
  const Fact Samples[] = {Fact(),
                          Fact::exactly(0),
                          Fact::exactly(5),
                          Fact::except(0),
                          Fact::except(2),
                          Fact::range(-4, -1),
                          Fact::range(1, 6),
                          withHoles(-5, 5, {-3, 0, 3}),
                          withHoles(0, 9, {1, 3, 5, 7})};
  for (const Fact &A : Samples)
    for (const Fact &B : Samples) {
      Fact J = Fact::join(A, B);
      EXPECT_EQ(J, Fact::join(B, A));
      for (int64_t V = -8; V <= 12; ++V)
        if (A.contains(V) || B.contains(V)) {
          EXPECT_TRUE(J.contains(V)) << V;
        }
    }
}

// However many values are cut out, what is not is never lost.
TEST(FactRestrict, NeverLosesAValueBothAllow) {
  const Fact Samples[] = {
      Fact::range(-4, 6), Fact::except(0), withHoles(-5, 5, {-3, 0, 3}),
      withHoles(0, 9, {1, 3, 5, 7}), withHoles(0, 9, {2, 4, 6, 8})};
  for (const Fact &A : Samples)
    for (const Fact &B : Samples) {
      Fact F = A;
      bool Left = F.restrict(B);
      for (int64_t V = -8; V <= 12; ++V)
        if (A.contains(V) && B.contains(V)) {
          EXPECT_TRUE(Left && F.contains(V)) << V;
        }
    }
}

PlaceId temporary(ValueTable &Table, const void *Origin) {
  PlaceData D;
  D.What = PlaceData::Kind::Temporary;
  D.Origin = Origin;
  return Table.place(D);
}

SymbolId opaque(ValueTable &Table, const void *Site, bool Older = false) {
  SymbolData D;
  D.Site = Site;
  D.Older = Older;
  return Table.symbol(D);
}

TEST(ValueTable, EqualDataIsOnePlace) {
  ValueTable Table;
  int A, B;
  EXPECT_EQ(temporary(Table, &A), temporary(Table, &A));
  EXPECT_NE(temporary(Table, &A), temporary(Table, &B));
}

TEST(ValueTable, EarlierIterationIsAnotherSymbol) {
  ValueTable Table;
  int A;
  EXPECT_EQ(opaque(Table, &A), opaque(Table, &A));
  EXPECT_NE(opaque(Table, &A), opaque(Table, &A, true));
}

TEST(ValueTable, ElementsAreToldApartByIndex) {
  ValueTable Table;
  int A;
  PlaceId Array = temporary(Table, &A);
  PlaceId First = Table.field(Array, PseudoField::Element, 0);
  EXPECT_EQ(First, Table.field(Array, PseudoField::Element, 0));
  EXPECT_NE(First, Table.field(Array, PseudoField::Element, 1));
  EXPECT_NE(First, Table.field(Array, PseudoField::Owned));
}

TEST(ValueTable, RootAndWithin) {
  ValueTable Table;
  int A;
  PlaceId Object = temporary(Table, &A);
  PlaceId Inner = Table.field(Object, PseudoField::Element, 2);
  PlaceId Deep = Table.field(Inner, PseudoField::Owned);
  EXPECT_EQ(Table.root(Deep), Object);
  EXPECT_EQ(Table.root(Object), Object);
  EXPECT_TRUE(Table.within(Deep, Object));
  EXPECT_TRUE(Table.within(Deep, Inner));
  EXPECT_TRUE(Table.within(Object, Object));
  EXPECT_FALSE(Table.within(Object, Deep));
  // What a pointer points to is not part of where the pointer is.
  PlaceId Pointee = Table.pointee(opaque(Table, &A));
  EXPECT_FALSE(Table.within(Pointee, Object));
  EXPECT_EQ(Table.root(Pointee), Pointee);
}

TEST(ValueTable, RebaseReplacesTheOuterPart) {
  ValueTable Table;
  int A, B;
  PlaceId From = temporary(Table, &A), To = temporary(Table, &B);
  PlaceId Deep = Table.field(Table.field(From, PseudoField::Element, 2),
                             PseudoField::Owned);
  PlaceId Moved = Table.rebase(Deep, From, To);
  EXPECT_EQ(Table.root(Moved), To);
  EXPECT_EQ(Moved, Table.field(Table.field(To, PseudoField::Element, 2),
                               PseudoField::Owned));
  EXPECT_EQ(Table.rebase(From, From, To), To);
}

TEST(ValueTable, TextNamesTheWay) {
  ValueTable Table;
  SymbolData D;
  D.What = SymbolData::Kind::Parameter;
  D.Index = 1;
  SymbolId Parameter = Table.symbol(D);
  PlaceId Element =
      Table.field(Table.pointee(Parameter), PseudoField::Element, 3);
  EXPECT_EQ(Table.text(Element), "*param2[3]");
  EXPECT_EQ(Table.text(Value::address(Element)), "&*param2[3]");
  EXPECT_EQ(Table.text(Value::integer(-1)), "-1");
  EXPECT_EQ(Table.text(Value()), "?");
  EXPECT_EQ(Table.text(Value::inRange(Parameter, 0, 1, true)),
            "param2 not in 0..1");
}

} // namespace
} // namespace conntidy::flow
