//===- Record.h - a finding as plain data -----------------------*- C++ -*-===//
//
// Defines Record: what outlives the compiler. Output, cache and gate see
// nothing else, so everything from here on is testable without parsing code.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_FINDING_RECORD_H
#define CONNTIDY_FINDING_RECORD_H

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace conntidy {

/// How sure a finding is.
enum class Certainty : uint8_t {
  Definite, ///< the path needs nothing but the code that is seen
  Likely,   ///< it needs a callee to throw that may
  Possible, ///< it needs an allocation to fail, or an unlikely exception type
};

/// The level a check speaks at.
enum class Level : uint8_t { Note, Warning, Error };

/// A range in a file. Lines and columns count from 1, columns in bytes; the end
/// is exclusive. `File` is absolute, as the compiler resolved it.
struct FileRange {
  std::string File;
  unsigned Line = 0;
  unsigned Column = 0;
  unsigned EndLine = 0;
  unsigned EndColumn = 0;

  friend bool operator==(const FileRange &, const FileRange &) = default;
  friend auto operator<=>(const FileRange &, const FileRange &) = default;
};

/// One step of the trail that leads to a finding.
struct Step {
  enum class Kind : uint8_t {
    Acquire,
    Branch, ///< a condition that is assumed
    Call,
    Throw,
    Catch,
    Lost, ///< the last name of the handle is gone
    Exit, ///< the function is left
    Release,
  };
  Kind What = Kind::Call;
  FileRange Where;
  std::string Text;   ///< lower case, no full stop
  unsigned Depth = 0; ///< call depth below the function that is reported on

  friend bool operator==(const Step &, const Step &) = default;
};

/// Text that takes the place of what stands there.
struct Replacement {
  FileRange Where;
  std::string Text;
};

struct Record {
  std::string Check; ///< e.g. `conn-leak`
  Level Severity = Level::Warning;
  Certainty Sureness = Certainty::Definite;
  FileRange Where;
  std::string Message;   ///< one sentence, lower case, no full stop
  std::string Function;  ///< qualified name of the function that is reported on
  std::string Statement; ///< the tokens at Where, see tokensOf()
  std::string Resource;  ///< what kind of thing it is about: "connection"
  std::vector<Step> Trail;      ///< the shortest way to the first exit
  std::vector<Step> Exits;      ///< every place that skips the release
  std::vector<Replacement> Fix; ///< all of them together end it; may be none
};

/// Of several findings of one check at one place the least in this order is
/// shown: the surest, with the shortest trail.
template <typename AnyFinding> auto rankOf(const AnyFinding &F) {
  return std::make_tuple(-static_cast<int>(F.Severity),
                         static_cast<int>(F.Sureness), F.Trail.size(),
                         F.Message, F.Function);
}

} // namespace conntidy

#endif // CONNTIDY_FINDING_RECORD_H
