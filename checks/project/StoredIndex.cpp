//===- StoredIndex.cpp - the index, read as it is needed ------------------===//

#include "project/StoredIndex.h"
#include "project/IndexFile.h"
#include <sqlite3.h>

namespace conntidy {

void StoredIndex::Closer::operator()(sqlite3 *Handle) const {
  sqlite3_close_v2(Handle);
}
void StoredIndex::Closer::operator()(sqlite3_stmt *Statement) const {
  sqlite3_finalize(Statement);
}

/// A number or text of the first row; empty if there is none.
static std::string firstOf(sqlite3 *Connection, const char *Sql) {
  std::string Value;
  sqlite3_exec(
      Connection, Sql,
      [](void *Into, int Columns, char **Texts, char **) {
        if (Columns > 0 && Texts[0])
          *static_cast<std::string *>(Into) = Texts[0];
        return 1; // one row is enough
      },
      &Value, nullptr);
  return Value;
}

llvm::Expected<std::unique_ptr<StoredIndex>>
StoredIndex::open(llvm::StringRef Path) {
  auto Refuse = [&](const llvm::Twine &Why) {
    return llvm::createStringError(Path + ": " + Why);
  };
  sqlite3 *Opened = nullptr;
  int Code =
      sqlite3_open_v2(Path.str().c_str(), &Opened,
                      SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  Handle Connection(Opened);
  if (Code != SQLITE_OK)
    return Refuse(sqlite3_errstr(Code));
  // From here on nobody changes it until we are done; who wants to, waits.
  Code = sqlite3_exec(Opened, "BEGIN; SELECT count(*) FROM sqlite_master",
                      nullptr, nullptr, nullptr);
  if (Code == SQLITE_BUSY)
    return Refuse("it is being written");
  if (Code != SQLITE_OK)
    return Refuse(sqlite3_errmsg(Opened));
  if (firstOf(Opened, "PRAGMA application_id") !=
      std::to_string(IndexApplicationId))
    return Refuse("it is no index of conntidy's");
  if (firstOf(Opened, "PRAGMA user_version") !=
          std::to_string(IndexSchemaVersion) ||
      firstOf(Opened, "SELECT name FROM maker") != programIdentity())
    return Refuse("another version of conntidy made it; run conntidy to make "
                  "it anew");
  sqlite3_stmt *Prepared = nullptr;
  Code = sqlite3_prepare_v2(Opened, "SELECT text FROM fact WHERE function = ?",
                            -1, &Prepared, nullptr);
  Statement Select(Prepared);
  if (Code != SQLITE_OK)
    return Refuse(sqlite3_errmsg(Opened));
  return std::unique_ptr<StoredIndex>(
      new StoredIndex(std::move(Connection), std::move(Select)));
}

/// What cannot be read is not known.
static std::unique_ptr<FunctionFacts> parse(llvm::StringRef Text) {
  auto Json = llvm::json::parse(Text);
  if (!Json) {
    llvm::consumeError(Json.takeError());
    return nullptr;
  }
  auto Facts = factsFromJson(*Json);
  return Facts ? std::make_unique<FunctionFacts>(std::move(*Facts)) : nullptr;
}

const FunctionFacts *StoredIndex::find(FunctionKey Function) const {
  auto [Place, IsNew] = Known.try_emplace(Function);
  if (!IsNew)
    return Place->second.get();
  sqlite3_bind_int64(Select.get(), 1, static_cast<int64_t>(Function));
  if (sqlite3_step(Select.get()) == SQLITE_ROW)
    if (const void *Text = sqlite3_column_blob(Select.get(), 0))
      Place->second =
          parse({static_cast<const char *>(Text),
                 static_cast<size_t>(sqlite3_column_bytes(Select.get(), 0))});
  sqlite3_reset(Select.get());
  return Place->second.get();
}

uint64_t StoredIndex::answer(FunctionKey Function,
                             IndexQuestion::Kind What) const {
  const FunctionFacts *Facts = find(Function);
  switch (What) {
  case IndexQuestion::Kind::Facts:
    return Facts != nullptr;
  case IndexQuestion::Kind::Touches:
    return Facts && Facts->Touches;
  }
  llvm_unreachable("unknown question");
}

} // namespace conntidy
