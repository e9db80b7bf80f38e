//===- RoleNames.h - what names say of connections and pools ----*- C++ -*-===//
//
// Defines how names are read where roles are inferred: whether a type is named
// like a connection, a pool or a result, and whether two functions are named
// like a pair that acquires and releases.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_ANALYSIS_ROLENAMES_H
#define CONNTIDY_ANALYSIS_ROLENAMES_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace conntidy {

/// What a type is by the head of its name: a `PooledConnection` is a
/// connection, a `ConnectionInfo` is not.
enum class Likeness { None, Connection, Pool, Result };
Likeness likenessOf(llvm::StringRef TypeName);

/// True if any word of the name is one for a connection (`dbpool`).
bool speaksOfConnections(llvm::StringRef Name);
bool speaksOfPools(llvm::StringRef Name);

/// True for the name of a place where work waits for somebody: who takes it out
/// does not put it back (`Inbox`, `pendingClients`).
bool speaksOfWork(llvm::StringRef Name);

/// True for the name of a class whose objects hold something while they live:
/// `SqlConnRAII`, `ScopedSession`, `PooledConnection`.
bool soundsLikeGuard(llvm::StringRef ClassName);

/// How a pair of names belongs together.
enum class PairKind {
  Lent,     ///< acquire and release, borrow and give back: of a pool
  Counted,  ///< get and put, get and release: of a pool, or of a counter
  Freed,    ///< get and free: of a pool, or two that have nothing in common
  Queued,   ///< pop and push, take and put: of a pool, or of any queue
  Direct,   ///< open and close, new and free
  Produced, ///< query and free: what a connection answers with
};

/// A function's name taken apart: `dbpool_get_wait` gets from `dbpool`.
struct RoleName {
  explicit RoleName(llvm::StringRef Name);

  /// Words that can stand for acquiring, first to last.
  llvm::SmallVector<std::string, 2> Acquiring;
  llvm::SmallVector<std::string, 2> Releasing;
  llvm::SmallVector<std::string, 6> Words;
};

/// The kind of pair that \p Acquire and \p Release are, if they are one and
/// speak of the same thing (`read_conn_get` and `conn_put`, but not
/// `user_get` and `file_put`).
std::optional<PairKind> pairOf(const RoleName &Acquire,
                               const RoleName &Release);

/// True if both names begin with the same word, or each with its verb.
bool sharePrefix(const RoleName &A, const RoleName &B);

/// What a pool may have for handles it does not want back: `discard`,
/// `invalidate`, `close`.
bool soundsLikeDiscard(const RoleName &Name);

/// True for the name of a function on a \p Type that does something to it or
/// with a part of it, whatever the verb (`kvconn_set`, `kvconn_free_result`).
/// \p Alone: it is given nothing else.
bool worksOn(const RoleName &Name, llvm::StringRef Type, bool Alone);

} // namespace conntidy

#endif // CONNTIDY_ANALYSIS_ROLENAMES_H
