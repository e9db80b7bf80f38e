//===- ModelWords.cpp - places and conditions as models spell them --------===//

#include "model/ModelWords.h"

using llvm::StringRef;

namespace conntidy::model {

/// Parses `arg:N`'s number.
static bool parseIndex(StringRef Text, unsigned &Index) {
  unsigned N = 0;
  if (Text.getAsInteger(10, N) || N == 0)
    return false;
  Index = N - 1;
  return true;
}

bool parseSlot(StringRef Text, Slot &Out) {
  if (Text == "return") {
    Out.Where = Slot::Kind::Return;
    return true;
  }
  if (Text == "this") {
    Out.Where = Slot::Kind::This;
    return true;
  }
  Out.Where = Text.consume_front("*") ? Slot::Kind::Pointee : Slot::Kind::Arg;
  return Text.consume_front("arg:") && parseIndex(Text, Out.Index);
}

/// Parses what follows `returns` or a field.
static bool parseRange(StringRef Text, Condition &Out) {
  constexpr int64_t Least = std::numeric_limits<int64_t>::min();
  constexpr int64_t Most = std::numeric_limits<int64_t>::max();
  if (Text == "true" || Text == "false") {
    Out.Low = Out.High = 0;
    Out.Negated = Text == "true";
    return true;
  }
  if (Text.consume_front("in ")) {
    auto [Low, High] = Text.split("..");
    return !Low.trim().getAsInteger(10, Out.Low) &&
           !High.trim().getAsInteger(10, Out.High) && Out.Low <= Out.High;
  }
  auto [Operator, Number] = Text.split(' ');
  int64_t N = 0;
  if (Number.trim().getAsInteger(10, N))
    return false;
  if (Operator == "==" || Operator == "!=") {
    Out.Low = Out.High = N;
    Out.Negated = Operator == "!=";
  } else if (Operator == ">=") {
    Out.Low = N;
    Out.High = Most;
  } else if (Operator == "<=") {
    Out.Low = Least;
    Out.High = N;
  } else if (Operator == ">" && N != Most) {
    Out.Low = N + 1;
    Out.High = Most;
  } else if (Operator == "<" && N != Least) {
    Out.Low = Least;
    Out.High = N - 1;
  } else {
    return false;
  }
  return true;
}

bool parseCondition(StringRef Text, Condition &Out) {
  if (Text == "always") {
    Out.About = Condition::Subject::Always;
    return true;
  }
  if (Text == "nonnull") {
    Out.About = Condition::Subject::Handle;
    Out.Low = Out.High = 0;
    Out.Negated = true;
    return true;
  }
  auto [Subject, Range] = Text.split(' ');
  auto [Whole, Field] = Subject.split('.');
  Out.About = Condition::Subject::Return;
  if (Subject.contains('.')) {
    Out.About = Condition::Subject::Field;
    Out.Field = Field.str();
    if (Field.empty() ||
        !parseSlot(Whole == "returns" ? "return" : Whole, Out.Of) ||
        Out.Of.Where == Slot::Kind::This || Out.Of.Where == Slot::Kind::Pointee)
      return false;
  } else if (Whole.starts_with("*")) {
    Out.About = Condition::Subject::Field;
    if (!parseSlot(Whole, Out.Of))
      return false;
  } else if (Whole != "returns") {
    return false;
  }
  return parseRange(Range.trim(), Out);
}

} // namespace conntidy::model
