//===- RoleNamesTest.cpp - what names say of connections and pools --------===//

#include "analysis/RoleNames.h"
#include "gtest/gtest.h"

namespace conntidy {
namespace {

std::optional<PairKind> pair(llvm::StringRef A, llvm::StringRef B) {
  return pairOf(RoleName(A), RoleName(B));
}

TEST(RoleNames, TheHeadOfATypeNameDecides) {
  EXPECT_EQ(likenessOf("PooledConnection"), Likeness::Connection);
  EXPECT_EQ(likenessOf("dbconn"), Likeness::Connection);
  EXPECT_EQ(likenessOf("xdb"), Likeness::Connection);
  EXPECT_EQ(likenessOf("ngx_connection_t"), Likeness::Connection);
  EXPECT_EQ(likenessOf("redisContext"), Likeness::Connection);
  EXPECT_EQ(likenessOf("SqlConnPool"), Likeness::Pool);
  EXPECT_EQ(likenessOf("dbrows"), Likeness::Result);
  EXPECT_EQ(likenessOf("ConnectionInfo"), Likeness::None);
  EXPECT_EQ(likenessOf("SessionOptions"), Likeness::None);
  EXPECT_EQ(likenessOf("context"), Likeness::None);
  EXPECT_EQ(likenessOf("spool"), Likeness::None);
}

TEST(RoleNames, FamiliesOfPairs) {
  EXPECT_EQ(pair("GetConnection", "ReleaseConnection"), PairKind::Counted);
  EXPECT_EQ(pair("GetConn", "FreeConn"), PairKind::Freed);
  EXPECT_EQ(pair("borrow", "giveBack"), PairKind::Lent);
  EXPECT_EQ(pair("borrowObject", "returnObject"), PairKind::Lent);
  EXPECT_EQ(pair("check_out", "check_in"), PairKind::Lent);
  EXPECT_EQ(pair("dbpool_get_wait", "dbpool_put"), PairKind::Counted);
  EXPECT_EQ(pair("try_pop", "push"), PairKind::Queued);
  EXPECT_EQ(pair("dbconn_open", "dbconn_close"), PairKind::Direct);
  EXPECT_EQ(pair("dbconn_query", "dbrows_free"), PairKind::Produced);
  EXPECT_EQ(pair("get_free_connection", "release_connection"),
            PairKind::Counted);
  EXPECT_EQ(pair("getconn", "freeconn"), PairKind::Freed);
}

TEST(RoleNames, OtherNamesAreNoPairs) {
  EXPECT_EQ(pair("open", "free"), std::nullopt);
  EXPECT_EQ(pair("connection", "close"), std::nullopt);
  EXPECT_EQ(pair("get_user", "put_file"), std::nullopt);
  EXPECT_EQ(pair("release", "acquire"), std::nullopt);
}

TEST(RoleNames, APrefixIsSharedOrThereIsNone) {
  auto Share = [](llvm::StringRef A, llvm::StringRef B) {
    return sharePrefix(RoleName(A), RoleName(B));
  };
  EXPECT_TRUE(Share("dbpool_get", "dbpool_put"));
  EXPECT_TRUE(Share("GetConn", "FreeConn"));
  EXPECT_FALSE(Share("app_get_conn", "lib_put_conn"));
}

TEST(RoleNames, WorksOnWhatItIsNamedAfter) {
  auto Works = [](llvm::StringRef Name, bool Alone) {
    return worksOn(RoleName(Name), "kvconn", Alone);
  };
  EXPECT_TRUE(Works("kvconn_set_timeout", false));
  EXPECT_TRUE(Works("kvconn_free_result", true));
  EXPECT_TRUE(Works("kvconn_set", false));
  EXPECT_FALSE(Works("kvconn_free", true));
  EXPECT_FALSE(Works("kvconn_close", false));
  EXPECT_FALSE(Works("pool_add", false));
}

} // namespace
} // namespace conntidy
