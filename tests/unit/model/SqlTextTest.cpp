//===- SqlTextTest.cpp - what an SQL text does to a transaction -----------===//

#include "model/SqlText.h"
#include "gtest/gtest.h"

namespace conntidy::model {
namespace {

/// One letter a step: B(egin), C(ommit), R(ollback), S(avepoint), r(elease),
/// ? (may end).
std::string stepsOf(llvm::StringRef Text,
                    SqlDialect Dialect = SqlDialect::Standard) {
  std::string Letters;
  for (const SqlStep &Step : transactionSteps(Text, Dialect))
    Letters.push_back("BCRSr?"[static_cast<int>(Step.What)]);
  return Letters;
}

TEST(SqlText, BeginsInAllItsForms) {
  for (const char *Text :
       {"BEGIN", "begin;", "  Begin Work", "BEGIN TRANSACTION", "BEGIN TRAN t1",
        "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE TRANSACTION", "BEGIN DEFERRED",
        "BEGIN ISOLATION LEVEL SERIALIZABLE", "START TRANSACTION READ ONLY",
        "/* now */ BEGIN -- go"})
    EXPECT_EQ(stepsOf(Text), "B") << Text;
}

TEST(SqlText, EndsInAllItsForms) {
  for (const char *Text : {"COMMIT", "commit work;", "END", "END TRANSACTION"})
    EXPECT_EQ(stepsOf(Text), "C") << Text;
  for (const char *Text : {"ROLLBACK", "rollback transaction;", "ABORT"})
    EXPECT_EQ(stepsOf(Text), "R") << Text;
}

TEST(SqlText, OtherStatementsDoNothing) {
  for (const char *Text :
       {"", ";;", "SELECT 1", "UPDATE t SET begin = 1", "COMMIT PREPARED 'a'",
        "ROLLBACK PREPARED 'a'", "ROLLBACK TO s", "ROLLBACK TO SAVEPOINT s",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "START SLAVE",
        "PREPARE q AS SELECT 1", "SELECT \"commit\" FROM log"})
    EXPECT_EQ(stepsOf(Text), "") << Text;
}

TEST(SqlText, SeveralStatementsInTheirOrder) {
  EXPECT_EQ(stepsOf("BEGIN; DELETE FROM t; COMMIT;"), "BC");
  EXPECT_EQ(stepsOf("COMMIT; BEGIN"), "CB");
  EXPECT_EQ(stepsOf("COMMIT AND CHAIN"), "CB");
  EXPECT_EQ(stepsOf("COMMIT AND NO CHAIN"), "C");
  EXPECT_EQ(stepsOf("ROLLBACK AND CHAIN"), "RB");
}

TEST(SqlText, StringsAndQuotedNamesArePassedOver) {
  EXPECT_EQ(stepsOf("INSERT INTO t VALUES ('a; COMMIT; b')"), "");
  EXPECT_EQ(stepsOf("INSERT INTO t VALUES ('it''s; COMMIT')"), "");
  EXPECT_EQ(stepsOf("SELECT \"a;\"\" COMMIT\""), "");
  EXPECT_EQ(stepsOf("SELECT [a; COMMIT]", SqlDialect::Sqlite), "");
  EXPECT_EQ(stepsOf("SELECT `a; COMMIT`", SqlDialect::MySql), "");
}

TEST(SqlText, BackslashesEscapeWhereTheDialectSaysSo) {
  const char *Text = "SELECT 'a\\'; COMMIT; SELECT 'b'";
  EXPECT_EQ(stepsOf(Text, SqlDialect::MySql), "");
  EXPECT_EQ(stepsOf(Text, SqlDialect::Sqlite), "C");
  EXPECT_EQ(stepsOf(Text, SqlDialect::PostgreSql), "C");
  EXPECT_EQ(stepsOf("SELECT E'a\\'; COMMIT; '", SqlDialect::PostgreSql), "");
}

TEST(SqlText, DollarQuotesOfPostgreSql) {
  EXPECT_EQ(stepsOf("DO $$ BEGIN; COMMIT; END $$", SqlDialect::PostgreSql), "");
  EXPECT_EQ(
      stepsOf("SELECT $a$ ; COMMIT $$ ; $a$; ROLLBACK", SqlDialect::PostgreSql),
      "R");
  EXPECT_EQ(stepsOf("SELECT $1; COMMIT; SELECT $2", SqlDialect::PostgreSql),
            "C");
}

TEST(SqlText, CommentsArePassedOver) {
  EXPECT_EQ(stepsOf("-- COMMIT;\nBEGIN"), "B");
  EXPECT_EQ(stepsOf("/* COMMIT; */ BEGIN"), "B");
  EXPECT_EQ(stepsOf("/* a /* b */ ; COMMIT; */ BEGIN", SqlDialect::PostgreSql),
            "B");
  EXPECT_EQ(stepsOf("/* a /* b */ ; COMMIT", SqlDialect::Sqlite), "C");
  EXPECT_EQ(stepsOf("# COMMIT;\nBEGIN", SqlDialect::MySql), "B");
  EXPECT_EQ(stepsOf("/*!40100 COMMIT */", SqlDialect::MySql), "C");
  EXPECT_EQ(stepsOf("/* never closed; COMMIT"), "");
}

TEST(SqlText, BodiesAreNotRunNow) {
  EXPECT_EQ(stepsOf("CREATE TRIGGER x AFTER INSERT ON t BEGIN "
                    "UPDATE s SET n = CASE WHEN 1 THEN 2 END; DELETE FROM u; "
                    "END; COMMIT",
                    SqlDialect::Sqlite),
            "C");
  EXPECT_EQ(stepsOf("CREATE PROCEDURE p() BEGIN IF x THEN COMMIT; END IF; END",
                    SqlDialect::MySql),
            "");
  EXPECT_EQ(stepsOf("CREATE TABLE t (a INT); BEGIN"), "B");
}

TEST(SqlText, ProceduralBlocksMayEnd) {
  EXPECT_EQ(stepsOf("IF @@TRANCOUNT > 0 ROLLBACK"), "?");
  EXPECT_EQ(stepsOf("BEGIN proc(); COMMIT; END;"), "?");
  EXPECT_EQ(stepsOf("BEGIN NOT ATOMIC SELECT 1; END"), "");
}

TEST(SqlText, AutocommitIsSwitched) {
  EXPECT_EQ(stepsOf("SET autocommit=0", SqlDialect::MySql), "B");
  EXPECT_EQ(stepsOf("SET SESSION AUTOCOMMIT = OFF", SqlDialect::MySql), "B");
  EXPECT_EQ(stepsOf("SET @@session.autocommit = 1", SqlDialect::MySql), "C");
  EXPECT_EQ(stepsOf("SET names utf8", SqlDialect::MySql), "");
}

TEST(SqlText, SavepointsBeginInSqliteOnly) {
  EXPECT_EQ(stepsOf("SAVEPOINT a", SqlDialect::PostgreSql), "");
  auto Steps = transactionSteps("SAVEPOINT a; RELEASE SAVEPOINT \"A\"",
                                SqlDialect::Sqlite);
  ASSERT_EQ(Steps.size(), 2u);
  EXPECT_EQ(Steps[0], (SqlStep{SqlStep::Kind::Savepoint, "a"}));
  EXPECT_EQ(Steps[1], (SqlStep{SqlStep::Kind::Release, "a"}));
}

TEST(SqlText, DialectsAreNamed) {
  EXPECT_EQ(sqlDialectNamed("mysql"), SqlDialect::MySql);
  EXPECT_EQ(sqlDialectNamed("MySQL"), std::nullopt);
}

} // namespace
} // namespace conntidy::model
