//===- Model.h - what an API model can say ----------------------*- C++ -*-===//
//
// Defines the vocabulary of API models: plain data that says which functions of
// a client library acquire, release, take, borrow, throw and block. Models are
// written as YAML (checks/models/*.yaml, `conntidy.yaml`) and read by
// ModelReader.h; the engine knows a library through nothing else.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_MODEL_MODEL_H
#define CONNTIDY_MODEL_MODEL_H

#include "model/SqlText.h"
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace conntidy::model {

/// What a leased thing is to the person who reads a message.
enum class ResourceKind : uint8_t {
  Connection,
  Pool,
  Result,
  Statement,
  Transaction,
  Cursor,
  Stream, ///< FILE*, directory stream
  Socket, ///< file descriptor
  Buffer, ///< memory the library hands out and wants back
  Other,
};

/// Where a call carries a value. YAML: `return`, `this`, `arg:N`, `*arg:N`
/// (N counts from 1; for a method, from its first explicit argument).
struct Slot {
  enum class Kind : uint8_t {
    Return,
    This,
    Arg,     ///< the argument itself
    Pointee, ///< what a pointer or reference argument points to
  };
  Kind Where = Kind::Return;
  unsigned Index = 0; ///< 0-based argument index for Arg and Pointee

  friend bool operator==(const Slot &, const Slot &) = default;
};

/// A closed range of integers; null is 0, non-null is "not 0".
/// YAML: `returns == 0`, `returns != 0`, `returns >= 0`, `returns < 0`,
/// `returns in 0..1`, `returns true`, `returns false`, `nonnull`, `always`;
/// `returns.FIELD`, `arg:N.FIELD` and `*arg:N` in place of `returns`.
struct Condition {
  enum class Subject : uint8_t {
    Always,
    Handle, ///< the handle the effect is about is not null
    Return, ///< the return value lies in [Low, High] (or outside, if Negated)
    Field,  ///< so does what the call left in a field or out-parameter
  };
  Subject About = Subject::Always;
  /// With Subject::Field: the returned struct, the one an argument points to,
  /// or (Pointee, without a field) what it points to itself.
  Slot Of;
  std::string Field;
  int64_t Low = std::numeric_limits<int64_t>::min();
  int64_t High = std::numeric_limits<int64_t>::max();
  bool Negated = false;
};

/// A resource that a library leases out.
struct Resource {
  std::string Name; ///< unique within its library, e.g. `connection`
  ResourceKind Kind = ResourceKind::Other;
  std::string Type;        ///< spelling of the handle type, e.g. `PGconn *`
  std::string Noun;        ///< what a message calls it; defaults to the kind
  bool NullRelease = true; ///< releasing a null handle is a no-op
  bool Pooled = false;     ///< it must go back to the pool it came from
  /// Counted references: others may hold it still when one is released.
  bool Counted = false;
  /// As a rule it is kept as long as the program runs, and nobody waits for it
  /// to come free.
  bool LongLived = false;
  /// Resources (of the same library) it is made from, e.g. a result from a
  /// connection.
  std::vector<std::string> DerivesFrom;
  /// It stays valid after what it derives from is released (a PGresult does).
  bool OutlivesParent = false;

  unsigned Line = 0; ///< where the entry stands in its file
};

struct Acquire {
  std::string Resource; ///< `name` in the same library, or `library.name`
  Slot Handle;
  /// All must hold for the caller to owe a release. A *failed* acquire that
  /// must still be released is simply one whose conditions hold on failure.
  /// What a file leaves out the reader fills in: a handle whose resource has a
  /// pointer type is held unless it is null, any other always.
  std::vector<Condition> Held;
  std::optional<Slot> Pool;   ///< the pool it comes from
  std::optional<Slot> Parent; ///< the lease it derives from
  /// What comes out may be of no use, null or in a failed state: whoever uses it
  /// has to have looked.
  bool CanFail = false;
  /// Set where this was guessed from declarations: what completes "taken to be
  /// an acquire because ...". Findings about it are likely at most.
  std::string GuessedBecause;

  unsigned Line = 0;
};

struct Release {
  std::string Resource;
  Slot Handle; ///< `*arg:N`: released by address, the variable becomes null
  std::optional<Condition> When; ///< released only then; default: always
  std::optional<Slot> Pool;

  unsigned Line = 0;
};

/// The call releases whatever still derives from a handle, as SQLDisconnect()
/// does with the statements of its connection.
struct DerivedRelease {
  std::string Resource; ///< the kind of lease that ends
  Slot Of;              ///< what these leases derive from

  unsigned Line = 0;
};

/// The callee becomes the owner of a lease.
struct Take {
  Slot Handle;
  std::optional<Condition> When;
  /// Handle is a format string: this conversion takes over its argument.
  std::string Conversion;
};

/// A value that borrows from another.
struct View {
  Slot Handle; ///< the view
  Slot Of;     ///< what it borrows from
  /// Only the release of what it borrows from ends it, no `ends-views-of` does.
  bool UntilRelease = false;
  /// The object that comes back keeps alive what it borrows from; what it lends
  /// in turn is only borrowed.
  bool Shares = false;
};

/// The call begins a transaction on a connection.
struct Begin {
  Slot On;
  std::optional<Condition> When; ///< only then; default: always
};

/// The call runs the SQL text it is given.
struct Execution {
  Slot Text;
  std::optional<Slot> On;        ///< the connection, if the call names it
  std::optional<Condition> When; ///< it ran only then; default: always
};

/// What the call returns tells about one of its arguments.
struct Answer {
  Slot Of;
  Condition Good;
};

/// What keeps a call from waiting without end. One of the ways it can be told;
/// where none is given, the call has no timeout at all.
struct Timeout {
  std::string Instead;           ///< the call that takes one; may be empty
  std::optional<Slot> Text;      ///< a connection string ...
  std::optional<Slot> Keywords;  ///< ... or an array of keywords, null at its end
  std::vector<std::string> Keys; ///< that would name one
  std::optional<Slot> Argument;  ///< the timeout itself
  std::vector<int64_t> Forever;  ///< values of it that stand for none
  std::optional<Slot> SetOn;     ///< what an earlier call sets it on
};

/// What a function may let escape, apart from what its callbacks throw.
enum class Throws : uint8_t {
  Unsaid, ///< nobody says: the engine's general rule applies
  Never,
  Allocation, ///< only std::bad_alloc and its kin
  Types,      ///< the listed types (and std::bad_alloc)
  Anything,
};

/// The argument of a call must have this constant value for the entry to apply.
struct ArgumentIs {
  Slot Arg;
  int64_t Value = 0;
  bool Negated = false;
  /// In place of a value: it is this global variable (`stdin`).
  std::string Named;
  /// Its parameter has an integer type besides: tells a position from an
  /// iterator
  /// (`std::string::erase`).
  bool Integer = false;
};

/// How much work a call is.
enum class Costs : uint8_t {
  Little,
  InLoops, ///< it adds up where it is done again and again
  Much,
};

/// What is known of one function, method, constructor or function-pointer
/// field.
struct Function {
  /// Qualified names: `PQfinish`, `soci::connection_pool::lease`,
  /// `pqxx::connection::connection` (a constructor), `DB::close` (a field
  /// that holds a function pointer).
  std::vector<std::string> Names;
  std::optional<unsigned>
      Arity; ///< applies only to calls with so many arguments
  std::vector<ArgumentIs> When; ///< trap: the kind is chosen by a constant
  std::vector<Acquire> Acquires;
  std::vector<Release> Releases;
  std::vector<DerivedRelease> ReleasesDerived;
  std::vector<Take> Takes;
  std::vector<View> Views;
  std::vector<Slot> EndsViewsOf; ///< views of these end at the call
  std::optional<Slot> Returns;   ///< the call returns this value (an alias)
  bool NullOnFailure = false;    ///< ... or null, when it fails
  bool Swaps = false;     ///< what its two arguments refer to changes places
  bool Exchanges = false; ///< arg:1 gets arg:2; what it held is returned
  /// The call makes an object of the first template argument, handing on its
  /// arguments, and returns a guard of it (`std::make_unique`).
  bool Makes = false;
  bool NoReturn = false;
  /// It returns 0 in a new process, which has a copy of all that is held.
  bool Forks = false;
  /// The return value hardly ever is that: the failure of what every program
  /// relies on.
  std::optional<Condition> Unlikely;
  /// What the entry leaves out, the reader takes from its class, and that from
  /// the library; it is Unsaid only where all three are silent.
  Throws Throw = Throws::Unsaid;
  std::vector<std::string> ThrownTypes; ///< with Throws::Types
  std::vector<Slot> Callbacks;          ///< callables that run inside the call
  std::optional<Begin> Begins;
  std::optional<Slot> Commits;   ///< ends the transaction of this connection
  std::optional<Slot> RollsBack; ///< the same
  std::optional<Execution> Executes;
  /// Whether a connection was opened, or what a call returned is a success.
  std::optional<Answer> StatusOf;
  std::optional<Answer> InTransaction; ///< whether a connection is in one
  std::optional<Timeout> Waits;      ///< how long it may wait
  std::optional<Slot> SetsTimeout;   ///< this waits so long and no longer
  /// What the call waits for, in words that complete "blocks on ..."; empty
  /// when it does not block.
  std::string Blocks;
  /// It waits, but not for long as a rule (a lock).
  bool Briefly = false;
  Costs Cost = Costs::Little;
  bool LendsDescriptor = false;   ///< that of its connection (`PQsocket`)
  bool AwaitsDescriptors = false; ///< waits until some are ready (`poll`)
  /// True when the header at hand is too old to hold the entry against.
  bool FromDocumentation = false;

  unsigned Line = 0; ///< where the entry stands in its file
};

/// A class whose objects own a lease.
struct Guard {
  /// The constructor argument it owns; unset for one that acquires by itself.
  std::optional<Slot> Owns;
  /// The callable it runs on the handle: `arg:N`, or unset for the class's own.
  std::optional<Slot> Deleter;
  /// Index (1-based) of the template argument whose call operator releases.
  unsigned DeleterTemplateArgument = 0;
  /// Runs the callable given as this argument when destroyed (scope exit).
  std::optional<Slot> Runs;
  std::vector<std::string>
      GiveUp; ///< methods that return the handle unreleased
  std::vector<std::string>
      Dismiss; ///< methods that make the destructor do nothing
  std::vector<std::string>
      Reset; ///< methods that release, then own their argument
  std::vector<std::string> Get; ///< methods that lend the handle
  bool Shared = false;          ///< copies share the ownership
};

struct Class {
  std::vector<std::string> Names; ///< qualified, without template arguments
  /// Each object holds a lease on this resource from construction to
  /// destruction (`pqxx::connection`); empty if not.
  std::string Holds;
  std::vector<std::string> ClosedBy; ///< methods that end that lease early
  std::optional<Guard> GuardOf;
  /// Handles passed to any method are kept by the object (containers).
  bool Container = false;
  bool Pool = false; ///< its objects are pools of connections
  /// Its objects only refer to a connection that lives on without them.
  bool Refers = false;
  /// Its objects hold the characters that their constructor is given.
  bool Text = false;
  /// All methods, unless an entry in `functions` says otherwise.
  Throws Throw = Throws::Unsaid;
  std::vector<std::string> ThrownTypes; ///< with Throws::Types
  bool FromDocumentation = false;       ///< as for a function

  unsigned Line = 0;
};

/// Who says what a library says.
enum class Origin : uint8_t {
  BuiltIn,  ///< embedded: speaks of a client library, by its functions' names
  Project,  ///< a model file of the user's: speaks of the code at hand
  Inferred, ///< read off the code at hand
};

/// One model file, or one entry of `models:` in `conntidy.yaml`.
struct Library {
  std::string Name;
  std::vector<std::string> Headers;
  std::string Documentation; ///< address of the library's own documentation
  /// True when no header was at hand to hold the model against.
  bool FromDocumentation = false;
  /// Only in force where the setting `OptionalModels` names it.
  bool Optional = false;
  SqlDialect Sql = SqlDialect::Standard; ///< what `executes` reads
  Throws Throw = Throws::Unsaid; ///< default for its functions and classes
  std::vector<std::string> ThrownTypes; ///< with Throws::Types
  std::vector<Resource> Resources;
  std::vector<Function> Functions;
  std::vector<Class> Classes;

  std::string File; ///< where it was read from, for messages
  Origin From = Origin::Project;
};

} // namespace conntidy::model

#endif // CONNTIDY_MODEL_MODEL_H
