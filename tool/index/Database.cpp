//===- Database.cpp - outcomes of units, kept in one file -----------------===//
//
// Defines Database.
//
//===----------------------------------------------------------------------===//

#include "index/Database.h"
#include "project/IndexFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"
#include <sqlite3.h>

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

namespace conntidy {
namespace {

constexpr int BusyMilliseconds = 30000;

/// Files are named once, and by number in the units: most units include the
/// same headers. Of one file a few configurations are kept.
constexpr const char *Schema = R"(
  CREATE TABLE maker (name TEXT NOT NULL);
  CREATE TABLE file (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
  CREATE TABLE unit (
    key TEXT PRIMARY KEY,
    main TEXT NOT NULL,
    files BLOB NOT NULL,
    digest INTEGER NOT NULL);
  CREATE INDEX unit_by_main ON unit (main);
  CREATE TABLE outcome (
    unit TEXT NOT NULL REFERENCES unit (key) ON DELETE CASCADE,
    trace INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (unit, trace));
  CREATE TABLE fact (function INTEGER PRIMARY KEY, text TEXT NOT NULL);
  CREATE TABLE facts_digest (digest INTEGER NOT NULL);
)";
constexpr const char *DropOtherConfigurations =
    "DELETE FROM unit WHERE main = ?1 AND key NOT IN (SELECT key FROM unit "
    "WHERE main = ?1 ORDER BY rowid DESC LIMIT 4)";

/// Where a file that is in the way is put.
std::string placeAside(llvm::StringRef Path) {
  std::string Aside = (Path + ".aside").str();
  for (unsigned N = 2; fs::exists(Aside); ++N)
    Aside = (Path + ".aside" + llvm::Twine(N)).str();
  return Aside;
}

/// The directory of our own that the file lies in by default is no part of the
/// project.
void hideFromGit(llvm::StringRef Directory) {
  llvm::SmallString<256> File(Directory);
  path::append(File, ".gitignore");
  std::error_code Code;
  llvm::raw_fd_ostream Out(File, Code, fs::CD_CreateNew, fs::FA_Write,
                           fs::OF_None);
  if (!Code)
    Out << "*\n";
}

} // namespace

void Database::Closer::operator()(sqlite3 *Handle) const {
  sqlite3_close_v2(Handle);
}

class Database::Statement {
public:
  Statement(Database &In, llvm::StringRef Sql) : In(In) {
    sqlite3_stmt *Made = nullptr;
    Good = sqlite3_prepare_v2(In.Connection.get(), Sql.data(), Sql.size(),
                              &Made, nullptr) == SQLITE_OK;
    Prepared.reset(Made);
  }

  Statement &bind(int Index, llvm::StringRef Text) {
    Good = Good &&
           sqlite3_bind_text64(Prepared.get(), Index, Text.data(), Text.size(),
                               SQLITE_TRANSIENT, SQLITE_UTF8) == SQLITE_OK;
    return *this;
  }
  Statement &bind(int Index, int64_t Number) {
    Good =
        Good && sqlite3_bind_int64(Prepared.get(), Index, Number) == SQLITE_OK;
    return *this;
  }
  Statement &bind(int Index, llvm::ArrayRef<uint32_t> Numbers) {
    Good = Good && sqlite3_bind_blob64(Prepared.get(), Index, Numbers.data(),
                                       Numbers.size() * sizeof(uint32_t),
                                       SQLITE_TRANSIENT) == SQLITE_OK;
    return *this;
  }

  /// False at the end.
  llvm::Expected<bool> step() {
    if (Good) {
      int Code = sqlite3_step(Prepared.get());
      if (Code == SQLITE_ROW || Code == SQLITE_DONE)
        return Code == SQLITE_ROW;
    }
    return In.failure();
  }
  /// Runs to the end, and can be bound anew.
  llvm::Error run() {
    auto More = step();
    if (!More)
      return More.takeError();
    sqlite3_reset(Prepared.get());
    return llvm::Error::success();
  }
  void reset() { sqlite3_reset(Prepared.get()); }

  int64_t number(int Column) const {
    return sqlite3_column_int64(Prepared.get(), Column);
  }
  std::string text(int Column) const {
    const void *Text = sqlite3_column_blob(Prepared.get(), Column);
    size_t Size = sqlite3_column_bytes(Prepared.get(), Column);
    return std::string(static_cast<const char *>(Text), Text ? Size : 0);
  }

private:
  struct Finalizer {
    void operator()(sqlite3_stmt *S) const { sqlite3_finalize(S); }
  };
  Database &In;
  std::unique_ptr<sqlite3_stmt, Finalizer> Prepared;
  bool Good;
};

/// Rolled back unless committed.
class Database::Transaction {
public:
  explicit Transaction(Database &In) : In(In) {}
  ~Transaction() {
    if (Open)
      llvm::consumeError(In.execute("ROLLBACK"));
  }
  Transaction(const Transaction &) = delete;
  Transaction &operator=(const Transaction &) = delete;
  llvm::Error begin() {
    // Not deferred: two readers that want to write would wait for each other.
    llvm::Error Error = In.execute("BEGIN IMMEDIATE");
    Open = !Error;
    return Error;
  }
  llvm::Error commit() {
    llvm::Error Error = In.execute("COMMIT");
    Open = static_cast<bool>(Error);
    return Error;
  }

private:
  Database &In;
  bool Open = false;
};

Database::Database(Database &&) noexcept = default;
Database &Database::operator=(Database &&) noexcept = default;
Database::~Database() = default;

llvm::Error Database::failure() const {
  return llvm::createStringError(llvm::Twine(Path) + ": " +
                                 sqlite3_errmsg(Connection.get()));
}

llvm::Error Database::execute(const char *Sql) {
  if (sqlite3_exec(Connection.get(), Sql, nullptr, nullptr, nullptr) !=
      SQLITE_OK)
    return failure();
  return llvm::Error::success();
}

llvm::Expected<int64_t> Database::number(const char *Sql) {
  Statement Query(*this, Sql);
  auto More = Query.step();
  if (!More)
    return More.takeError();
  return *More ? Query.number(0) : 0;
}

llvm::Expected<Database::Handle> Database::connect(llvm::StringRef Path) {
  sqlite3 *Opened = nullptr;
  int Code = sqlite3_open_v2(Path.str().c_str(), &Opened,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                                 SQLITE_OPEN_FULLMUTEX,
                             nullptr);
  Handle Connection(Opened);
  if (Code != SQLITE_OK)
    return llvm::createStringError(llvm::Twine(Path) + ": " +
                                   sqlite3_errstr(Code));
  sqlite3_busy_timeout(Opened, BusyMilliseconds);
  return Connection;
}

/// An error means that the file is none of ours.
llvm::Error Database::prepare(llvm::StringRef Maker,
                              std::vector<std::string> &Notices) {
  Transaction Whole(*this);
  if (llvm::Error Error = Whole.begin())
    return Error;
  auto Tables = number("SELECT count(*) FROM sqlite_master");
  if (!Tables)
    return Tables.takeError();
  if (*Tables == 0) {
    std::string Marks =
        "PRAGMA application_id = " + std::to_string(IndexApplicationId) +
        "; PRAGMA user_version = " + std::to_string(IndexSchemaVersion);
    if (llvm::Error Error = execute(Schema))
      return Error;
    if (llvm::Error Error = execute(Marks.c_str()))
      return Error;
  }
  auto Id = number("PRAGMA application_id");
  if (!Id)
    return Id.takeError();
  if (*Id != IndexApplicationId)
    return llvm::createStringError("it is no index of conntidy's");
  auto Version = number("PRAGMA user_version");
  if (!Version)
    return Version.takeError();
  if (*Version != IndexSchemaVersion)
    return llvm::createStringError("another version of conntidy made it");
  Statement Check(*this, "PRAGMA quick_check(1)");
  auto More = Check.step();
  if (!More)
    return More.takeError();
  if (!*More || Check.text(0) != "ok")
    return llvm::createStringError("it is damaged");
  Check.reset();

  Statement Query(*this, "SELECT name FROM maker");
  More = Query.step();
  if (!More)
    return More.takeError();
  if (!*More || Query.text(0) != Maker) {
    if (*More)
      Notices.push_back(Path +
                        ": another version of conntidy made this index; it is "
                        "built anew");
    Query.reset();
    for (const char *Sql :
         {"DELETE FROM outcome", "DELETE FROM unit", "DELETE FROM file",
          "DELETE FROM fact", "DELETE FROM facts_digest", "DELETE FROM maker"})
      if (llvm::Error Error = execute(Sql))
        return Error;
    Statement Insert(*this, "INSERT INTO maker VALUES (?)");
    if (llvm::Error Error = Insert.bind(1, Maker).run())
      return Error;
  }
  Query.reset();
  return Whole.commit();
}

llvm::Expected<Database> Database::open(llvm::StringRef Path,
                                        llvm::StringRef Maker,
                                        std::vector<std::string> &Notices) {
  llvm::StringRef Directory = path::parent_path(Path);
  if (!Directory.empty() && !fs::exists(Directory)) {
    if (std::error_code Code = fs::create_directories(Directory))
      return llvm::createStringError(Directory +
                                     ": cannot be made: " + Code.message());
    if (path::filename(Directory) == IndexDirectory)
      hideFromGit(Directory);
  }
  for (bool Again : {false, true}) {
    auto Connection = connect(Path);
    if (!Connection)
      return Connection.takeError();
    fs::UniqueID Opened;
    bool Known = !fs::getUniqueID(Path, Opened);
    Database Made(std::move(*Connection), Path.str());
    llvm::Error Error = Made.execute("PRAGMA foreign_keys = ON");
    if (!Error)
      Error = Made.prepare(Maker, Notices);
    if (!Error)
      return Made;
    int Code = sqlite3_errcode(Made.Connection.get());
    bool InTheWay = Code != SQLITE_BUSY && Code != SQLITE_READONLY &&
                    Code != SQLITE_CANTOPEN && Code != SQLITE_FULL &&
                    Code != SQLITE_IOERR;
    if (Again || !InTheWay)
      return Error;
    Made.Connection.reset();
    // Another run may have been faster.
    fs::UniqueID Now;
    if (!Known || fs::getUniqueID(Path, Now) || Now != Opened) {
      llvm::consumeError(std::move(Error));
      continue;
    }
    std::string Aside = placeAside(Path);
    if (std::error_code Moved = fs::rename(Path, Aside))
      return llvm::joinErrors(
          std::move(Error),
          llvm::createStringError(Path +
                                  ": cannot be set aside: " + Moved.message()));
    Notices.push_back(
        (Path + ": set aside as '" + path::filename(Aside) +
         "', the index is built anew: " + llvm::toString(std::move(Error)))
            .str());
  }
  llvm_unreachable("the second time returns");
}

llvm::Expected<Database::Unit> Database::load(llvm::StringRef Key) {
  Unit Result;
  Statement Found(*this, "SELECT main, files, digest FROM unit WHERE key = ?");
  auto More = Found.bind(1, Key).step();
  if (!More)
    return More.takeError();
  if (!*More)
    return Result;
  Result.Key = Key.str();
  Result.MainFile = Found.text(0);
  std::string Numbers = Found.text(1);
  Result.Inputs.Digest = Found.number(2);
  Statement Name(*this, "SELECT path FROM file WHERE id = ?");
  for (size_t At = 0; At + sizeof(uint32_t) <= Numbers.size();
       At += sizeof(uint32_t)) {
    uint32_t Number;
    memcpy(&Number, Numbers.data() + At, sizeof(Number));
    More = Name.bind(1, static_cast<int64_t>(Number)).step();
    if (!More)
      return More.takeError();
    if (!*More)
      return Unit();
    Result.Inputs.Files.push_back(Name.text(0));
    Name.reset();
  }
  Statement Rows(*this,
                 "SELECT trace, text FROM outcome WHERE unit = ? ORDER BY 1");
  Rows.bind(1, Key);
  while (true) {
    More = Rows.step();
    if (!More)
      return More.takeError();
    if (!*More)
      return Result;
    Result.Rows.push_back(
        {static_cast<uint64_t>(Rows.number(0)), Rows.text(1)});
  }
}

llvm::Error Database::store(llvm::ArrayRef<Unit> Units) {
  Transaction Whole(*this);
  if (llvm::Error Error = Whole.begin())
    return Error;
  Statement NewFile(*this, "INSERT OR IGNORE INTO file (path) VALUES (?)");
  Statement FileNumber(*this, "SELECT id FROM file WHERE path = ?");
  Statement OldInputs(*this, "DELETE FROM unit WHERE key = ? AND digest <> ?");
  Statement NewUnit(*this, "INSERT OR IGNORE INTO unit VALUES (?, ?, ?, ?)");
  Statement NewRow(*this, "INSERT OR REPLACE INTO outcome VALUES (?, ?, ?)");
  Statement Others(*this, DropOtherConfigurations);
  for (const Unit &U : Units) {
    std::vector<uint32_t> Numbers;
    for (const std::string &File : U.Inputs.Files) {
      if (llvm::Error Error = NewFile.bind(1, File).run())
        return Error;
      auto More = FileNumber.bind(1, File).step();
      if (!More)
        return More.takeError();
      Numbers.push_back(FileNumber.number(0));
      FileNumber.reset();
    }
    int64_t Digest = U.Inputs.Digest;
    if (llvm::Error Error = OldInputs.bind(1, U.Key).bind(2, Digest).run())
      return Error;
    if (llvm::Error Error = NewUnit.bind(1, U.Key)
                                .bind(2, U.MainFile)
                                .bind(3, Numbers)
                                .bind(4, Digest)
                                .run())
      return Error;
    for (const Row &R : U.Rows)
      if (llvm::Error Error = NewRow.bind(1, U.Key)
                                  .bind(2, static_cast<int64_t>(R.Trace))
                                  .bind(3, R.Outcome)
                                  .run())
        return Error;
    if (llvm::Error Error = Others.bind(1, U.MainFile).run())
      return Error;
  }
  return Whole.commit();
}

llvm::Error Database::storeFacts(llvm::ArrayRef<const FunctionFacts *> All) {
  std::vector<std::string> Texts;
  std::string Whole;
  for (const FunctionFacts *F : All) {
    llvm::raw_string_ostream(Texts.emplace_back()) << toJson(*F);
    Whole += Texts.back() + "\n";
  }
  int64_t Digest = llvm::xxh3_64bits(Whole);
  Transaction Changes(*this);
  if (llvm::Error Error = Changes.begin())
    return Error;
  // Mostly nothing has changed since the last run.
  Statement Last(*this, "SELECT digest FROM facts_digest");
  auto More = Last.step();
  if (!More)
    return More.takeError();
  if (*More && Last.number(0) == Digest)
    return llvm::Error::success();
  Last.reset();
  for (const char *Sql : {"DELETE FROM fact", "DELETE FROM facts_digest"})
    if (llvm::Error Error = execute(Sql))
      return Error;
  Statement Insert(*this, "INSERT INTO fact VALUES (?, ?)");
  for (auto [F, Text] : llvm::zip_equal(All, Texts))
    if (llvm::Error Error =
            Insert.bind(1, static_cast<int64_t>(F->Key)).bind(2, Text).run())
      return Error;
  Statement Note(*this, "INSERT INTO facts_digest VALUES (?)");
  if (llvm::Error Error = Note.bind(1, Digest).run())
    return Error;
  return Changes.commit();
}

llvm::Error Database::keepOnly(llvm::ArrayRef<Unit> Units) {
  Transaction Whole(*this);
  if (llvm::Error Error = Whole.begin())
    return Error;
  Statement Known(*this, "SELECT trace FROM outcome WHERE unit = ?");
  Statement Drop(*this, "DELETE FROM outcome WHERE unit = ? AND trace = ?");
  for (const Unit &U : Units) {
    std::vector<int64_t> Unused;
    Known.bind(1, U.Key);
    while (true) {
      auto More = Known.step();
      if (!More)
        return More.takeError();
      if (!*More)
        break;
      if (llvm::none_of(U.Rows, [&](const Row &R) {
            return static_cast<int64_t>(R.Trace) == Known.number(0);
          }))
        Unused.push_back(Known.number(0));
    }
    Known.reset();
    for (int64_t Trace : Unused)
      if (llvm::Error Error = Drop.bind(1, U.Key).bind(2, Trace).run())
        return Error;
  }
  return Whole.commit();
}

} // namespace conntidy
