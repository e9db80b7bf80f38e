//===- NamesTest.cpp - what the name of an unseen function promises -------===//
//
// Words are found whatever the house style; a word within a word is none.
//
//===----------------------------------------------------------------------===//

#include "flow/Names.h"
#include "gtest/gtest.h"

namespace conntidy::flow {
namespace {

TEST(Names, ReleaseInEveryHouseStyle) {
  for (llvm::StringRef Name :
       {"close", "db_close", "dbClose", "DbClose", "PGClose", "pgConnClose",
        "DB_CLOSE", "closeConnection", "free_result", "mysql_free2",
        "returnToPool", "~close"})
    EXPECT_EQ(hintOf(Name), NameHint::Release) << Name.str();
}

TEST(Names, TakeInEveryHouseStyle) {
  for (llvm::StringRef Name :
       {"push_back", "pushBack", "PushBack", "adopt", "registerSession",
        "pool_add", "setConnection", "DBAttach", "HTTPEnqueue"})
    EXPECT_EQ(hintOf(Name), NameHint::Take) << Name.str();
}

TEST(Names, OtherWordsPromiseNothing) {
  for (llvm::StringRef Name :
       {"", "_", "query", "ping", "execute", "print", "x", "operator()"})
    EXPECT_EQ(hintOf(Name), NameHint::None) << Name.str();
}

TEST(Names, WordWithinAWordIsNone) {
  for (llvm::StringRef Name : {"enclosed", "freedom", "closest", "pusher",
                               "address", "owner", "readopted", "settle"})
    EXPECT_EQ(hintOf(Name), NameHint::None) << Name.str();
}

TEST(Names, LastCapitalOfARunBeginsAWord) {
  EXPECT_EQ(hintOf("PQFree"), NameHint::Release);
  EXPECT_EQ(hintOf("XCLOSEst"), NameHint::None);
}

TEST(Names, ReleaseWinsOverTake) {
  EXPECT_EQ(hintOf("putBack"), NameHint::Release);
  EXPECT_EQ(hintOf("closeAndRegister"), NameHint::Release);
  EXPECT_EQ(hintOf("registerAndClose"), NameHint::Release);
}

TEST(Names, WhoMayEndATransaction) {
  for (const char *Name : {"db_rollback", "endTransaction", "tx_leave"})
    EXPECT_TRUE(mayEndTransaction(Name, false)) << Name;
  for (const char *Name : {"append", "send_row", "execute", "log_error"})
    EXPECT_FALSE(mayEndTransaction(Name, false)) << Name;
  for (const char *Name : {"handleError", "closeAll", "leave"})
    EXPECT_TRUE(mayEndTransaction(Name, true)) << Name;
  for (const char *Name : {"append", "send_row", "execute", "text"})
    EXPECT_FALSE(mayEndTransaction(Name, true)) << Name;
}

} // namespace
} // namespace conntidy::flow
