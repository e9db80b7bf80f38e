//===- RoleNames.cpp - what names say of connections and pools ------------===//

#include "analysis/RoleNames.h"
#include "flow/Names.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using llvm::StringRef;

namespace conntidy {

using Words = llvm::SmallVector<std::string, 6>;

namespace {

const llvm::StringSet<> Connections = {
    "conn",    "connection", "connexion",   "con",      "cnx",     "cxn",
    "db",      "database",   "dbh",         "dbc",      "sql",     "dblink",
    "session", "sess",       "client",      "socket",   "sock",    "redis",
    "conns",   "sessions",   "connections", "sockets",  "clients", "pg",
    "mongo",   "amqp",       "mqtt",        "postgres", "psql"};

const llvm::StringSet<> Pools = {"pool", "pools"};

const llvm::StringSet<> Results = {"result", "results",   "res",       "rows",
                                   "rowset", "resultset", "recordset", "cursor",
                                   "stmt",   "statement", "reply",     "row"};

/// The head of a name may be followed by words that say nothing.
const llvm::StringSet<> Trailing = {
    "t",    "s",       "st",        "impl",  "ptr",     "handle",
    "obj",  "object",  "base",      "class", "struct",  "wrapper",
    "ctx",  "context", "type",      "iface", "hndl",    "hnd",
    "item", "entry",   "interface", "link",  "channel", "instance"};

/// Words of function names that tell two functions of one kind apart, or what
/// a pair is about, but not whether it is one.
const llvm::StringSet<> Filling = {
    "wait",   "timed",    "timeout",  "ex",        "nowait",  "safe",
    "from",   "to",       "a",        "an",        "the",     "one",
    "idle",   "ready",    "with",     "try",       "for",     "into",
    "of",     "and",      "or",       "available", "next",    "internal",
    "locked", "unlocked", "nolock",   "handle",    "read",    "write",
    "master", "slave",    "replica",  "primary",   "default", "by",
    "id",     "name",     "blocking", "async",     "sync",    "current",
    "this",   "me",       "my",       "if",        "raw"};

struct Family {
  llvm::ArrayRef<StringRef> Acquires;
  llvm::ArrayRef<StringRef> Releases;
  PairKind Kind;
};

const StringRef Borrow[] = {"acquire", "obtain", "borrow", "checkout",
                            "lease",   "hold",   "grab",   "rent",
                            "reserve", "claim",  "lend",   "loan"};
const StringRef GiveBack[] = {"release",   "return",     "giveback", "putback",
                              "checkin",   "unlease",    "handback", "back",
                              "unreserve", "relinquish", "takeback", "recycle",
                              "put"};
const StringRef Get[] = {"get", "fetch", "request"};
const StringRef PutBack[] = {"giveback", "putback",  "checkin", "return",
                             "recycle",  "handback", "back"};
const StringRef Put[] = {"put", "release", "unget", "give"};
const StringRef FreeOnly[] = {"free"};
const StringRef Take[] = {"take", "pop", "dequeue", "pull"};
const StringRef Push[] = {"push", "put", "enqueue", "give", "add", "insert"};
const StringRef Open[] = {"open", "connect", "login", "logon"};
const StringRef Close[] = {"close", "disconnect", "logout", "logoff", "finish"};
const StringRef New[] = {"new", "create", "alloc", "make", "allocate", "build"};
const StringRef Free[] = {"free",    "destroy", "delete",     "close",
                          "dispose", "dealloc", "deallocate", "finish"};
const StringRef Query[] = {"query", "exec", "execute", "prepare", "search"};
const StringRef FreeResult[] = {"free",    "clear",    "destroy", "close",
                                "release", "finalize", "delete",  "dispose"};

const Family Families[] = {{Borrow, GiveBack, PairKind::Lent},
                           {Borrow, FreeOnly, PairKind::Freed},
                           {Get, PutBack, PairKind::Lent},
                           {Take, PutBack, PairKind::Lent},
                           {Get, Put, PairKind::Counted},
                           {Get, FreeOnly, PairKind::Freed},
                           {Take, Push, PairKind::Queued},
                           {Open, Close, PairKind::Direct},
                           {New, Free, PairKind::Direct},
                           {Query, FreeResult, PairKind::Produced}};

struct Lexicon {
  Lexicon() {
    for (const Family &F : Families) {
      for (StringRef W : F.Acquires)
        Acquiring.insert(W);
      for (StringRef W : F.Releases)
        Releasing.insert(W);
    }
    for (const llvm::StringSet<> *Set :
         std::initializer_list<const llvm::StringSet<> *>{
             &Connections, &Pools, &Results, &Acquiring, &Releasing})
      for (const auto &W : *Set)
        if (W.getKey().size() > 1)
          Parts.insert(W.getKey());
    for (StringRef W : {"wait", "cache"})
      Parts.insert(W);
  }
  llvm::StringSet<> Acquiring, Releasing, Parts;
};

const Lexicon &lexicon() {
  static const Lexicon L;
  return L;
}

/// The abbreviation of a project before what all projects have: `kvconn`,
/// `xdb`.
bool splitAbbreviation(StringRef Word, Words &Out) {
  for (StringRef Noun : {"conn", "pool", "sock", "sql", "db", "reply", "rows",
                         "result", "stmt", "cursor", "session", "client"}) {
    StringRef Before = Word;
    if (!Before.consume_back(Noun) || Before.empty() || Before.size() > 4 ||
        Word == "spool")
      continue;
    Out.push_back(Before.str());
    Out.push_back(Noun.str());
    return true;
  }
  return false;
}

/// `dbpool` is two words if nothing is left over.
bool splitGlued(StringRef Word, Words &Out) {
  if (Word.empty())
    return true;
  for (size_t Length = Word.size(); Length >= 2; --Length) {
    if (!lexicon().Parts.contains(Word.take_front(Length)))
      continue;
    size_t Before = Out.size();
    Out.push_back(Word.take_front(Length).str());
    if (splitGlued(Word.drop_front(Length), Out))
      return true;
    Out.resize(Before);
  }
  return false;
}

Words wordsIn(StringRef Name) {
  Words Result;
  for (const std::string &W : flow::wordsOf(Name)) {
    Words Parts;
    if (!lexicon().Parts.contains(W) &&
        ((W.size() > 3 && splitGlued(W, Parts)) ||
         splitAbbreviation(W, Parts))) {
      Result.append(Parts.begin(), Parts.end());
      continue;
    }
    // Two words that are one: `give_back`, `checkOut`.
    if (!Result.empty()) {
      std::string Joined = Result.back() + W;
      if (W == "back" || Joined == "checkout" || Joined == "checkin") {
        if (lexicon().Acquiring.contains(Joined) ||
            lexicon().Releasing.contains(Joined)) {
          Result.back() = Joined;
          continue;
        }
        if (lexicon().Releasing.contains(Result.back()))
          continue; // `release back`
      }
    }
    Result.push_back(W);
  }
  return Result;
}

bool isConnection(StringRef Word) { return Connections.contains(Word); }

bool contains(llvm::ArrayRef<StringRef> Set, StringRef Word) {
  return llvm::is_contained(Set, Word);
}

/// What is left of a name without its verb and what says nothing.
Words subjectOf(const RoleName &Name, StringRef Verb) {
  Words Rest;
  bool Dropped = false;
  for (const std::string &W : Name.Words) {
    if (!Dropped && W == Verb) {
      Dropped = true;
      continue;
    }
    if (Filling.contains(W) || Trailing.contains(W) || isConnection(W) ||
        Pools.contains(W))
      continue;
    // `get_free_connection` frees nothing.
    if (W == "free" && !Dropped)
      continue;
    Rest.push_back(W);
  }
  return Rest;
}

} // namespace

Likeness likenessOf(StringRef TypeName) {
  Words W = wordsIn(TypeName);
  while (W.size() > 1 && Trailing.contains(W.back()))
    W.pop_back();
  if (W.empty())
    return Likeness::None;
  if (Pools.contains(W.back()))
    return Likeness::Pool;
  if (Results.contains(W.back()))
    return Likeness::Result;
  return isConnection(W.back()) ? Likeness::Connection : Likeness::None;
}

bool speaksOfConnections(StringRef Name) {
  return llvm::any_of(wordsIn(Name), isConnection);
}

bool speaksOfPools(StringRef Name) {
  return llvm::any_of(wordsIn(Name),
                      [](const std::string &W) { return Pools.contains(W); });
}

bool speaksOfWork(StringRef Name) {
  static const llvm::StringSet<> Places = {
      "inbox",   "backlog", "mailbox",  "pending",  "waiting",
      "waiters", "todo",    "accepted", "incoming", "requests"};
  return llvm::any_of(wordsIn(Name),
                      [](const std::string &W) { return Places.contains(W); });
}

bool soundsLikeGuard(StringRef ClassName) {
  static const llvm::StringSet<> Guards = {
      "guard", "raii", "scoped", "scope",    "holder",   "lease",
      "auto",  "lock", "pooled", "borrowed", "acquired", "guarded"};
  return llvm::any_of(wordsIn(ClassName),
                      [](const std::string &W) { return Guards.contains(W); });
}

RoleName::RoleName(StringRef Name) {
  Words = wordsIn(Name);
  for (const std::string &W : Words) {
    if (lexicon().Acquiring.contains(W))
      Acquiring.push_back(W);
    if (lexicon().Releasing.contains(W))
      Releasing.push_back(W);
  }
}

std::optional<PairKind> pairOf(const RoleName &Acquire,
                               const RoleName &Release) {
  if (Acquire.Acquiring.empty())
    return std::nullopt;
  // What a name begins with is what it does; later words tell what to.
  const std::string &Taking = Acquire.Acquiring.front();
  for (const std::string &Giving : Release.Releasing)
    for (const Family &F : Families) {
      if (!contains(F.Acquires, Taking) || !contains(F.Releases, Giving))
        continue;
      Words Rest = subjectOf(Release, Giving);
      // A result is released under its own name.
      if (F.Kind == PairKind::Produced || Rest.empty() ||
          Rest == subjectOf(Acquire, Taking))
        return F.Kind;
    }
  return std::nullopt;
}

bool sharePrefix(const RoleName &A, const RoleName &B) {
  if (A.Words.empty() || B.Words.empty())
    return false;
  const std::string &First = A.Words.front(), &Second = B.Words.front();
  bool Verbs = lexicon().Acquiring.contains(First) &&
               lexicon().Releasing.contains(Second);
  return Verbs || First == Second;
}

bool soundsLikeDiscard(const RoleName &Name) {
  static const llvm::StringSet<> Discards = {
      "discard", "invalidate", "drop",    "remove", "destroy",
      "kill",    "close",      "abandon", "evict",  "dispose",
      "delete",  "free",       "retire",  "expire", "fail",
      "failed",  "broken",     "bad",     "dead",   "disconnect"};
  return llvm::any_of(
      Name.Words, [](const std::string &W) { return Discards.contains(W); });
}

bool worksOn(const RoleName &Name, StringRef Type, bool Alone) {
  Words Prefix = wordsIn(Type);
  while (Prefix.size() > 1 && Trailing.contains(Prefix.back()))
    Prefix.pop_back();
  if (Name.Words.size() <= Prefix.size() ||
      !std::equal(Prefix.begin(), Prefix.end(), Name.Words.begin()))
    return false;
  llvm::ArrayRef<std::string> Rest =
      llvm::ArrayRef(Name.Words).drop_front(Prefix.size());
  if (Rest.size() > 1 && !isConnection(Rest.back()))
    return true; // the verb is about something else
  return !Alone && Name.Releasing.empty() && !soundsLikeDiscard(Name);
}

} // namespace conntidy
