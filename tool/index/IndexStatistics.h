//===- IndexStatistics.h - how a project came to be known -------*- C++ -*-===//
//
// Defines IndexStatistics, for `--stats`.
//
//===----------------------------------------------------------------------===//

#ifndef CONNTIDY_INDEX_INDEXSTATISTICS_H
#define CONNTIDY_INDEX_INDEXSTATISTICS_H

#include <cstddef>
#include <string>
#include <vector>

namespace conntidy {

struct IndexStatistics {
  unsigned Rounds = 0;
  unsigned Analyses = 0; ///< of units, in all rounds
  unsigned Kept = 0;     ///< outcomes that were known from an earlier run
  size_t Functions = 0;  ///< that the index knows
  std::vector<std::string> Ambiguous;
  /// Functions of which some unit was not told the last word, because units
  /// that call each other are not looked at for ever.
  std::vector<std::string> Unsettled;
};

} // namespace conntidy

#endif // CONNTIDY_INDEX_INDEXSTATISTICS_H
