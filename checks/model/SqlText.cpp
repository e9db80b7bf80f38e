//===- SqlText.cpp - what an SQL text does to a transaction ---------------===//

#include "model/SqlText.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using llvm::StringRef;

namespace conntidy::model {

std::optional<SqlDialect> sqlDialectNamed(StringRef Name) {
  return llvm::StringSwitch<std::optional<SqlDialect>>(Name)
      .Case("standard", SqlDialect::Standard)
      .Case("postgresql", SqlDialect::PostgreSql)
      .Case("mysql", SqlDialect::MySql)
      .Case("sqlite", SqlDialect::Sqlite)
      .Default(std::nullopt);
}

StringRef nameOf(SqlDialect Dialect) {
  switch (Dialect) {
  case SqlDialect::Standard:
    return "";
  case SqlDialect::PostgreSql:
    return "postgresql";
  case SqlDialect::MySql:
    return "mysql";
  case SqlDialect::Sqlite:
    return "sqlite";
  }
  llvm_unreachable("unknown dialect");
}

namespace {

struct Token {
  enum class Kind : uint8_t {
    Word,   ///< a keyword or a name; Text is in lower case
    Quoted, ///< a string or a quoted name
    Number,
    Symbol, ///< one character
    End,
  };
  Kind What = Kind::End;
  std::string Text;

  bool is(StringRef Word) const { return What == Kind::Word && Text == Word; }
  bool is(char Symbol) const {
    return What == Kind::Symbol && Text.front() == Symbol;
  }
  bool atEnd() const { return What == Kind::End; }
};

class Tokenizer {
public:
  Tokenizer(StringRef Text, SqlDialect Dialect) : Rest(Text), D(Dialect) {}

  Token next() {
    skipBlanks();
    if (Rest.empty())
      return {};
    char C = Rest.front();
    if (C == '\'')
      return quoted('\'', D == SqlDialect::MySql);
    if (C == '"')
      return quoted('"', D == SqlDialect::MySql);
    if (C == '`' && D != SqlDialect::PostgreSql)
      return quoted('`', false);
    if (C == '[' && D != SqlDialect::PostgreSql && D != SqlDialect::MySql)
      return quoted(']', false);
    if (C == '$' && D == SqlDialect::PostgreSql)
      if (auto T = dollarQuoted())
        return *T;
    if (llvm::isDigit(C))
      return {Token::Kind::Number,
              take([](char C) { return llvm::isAlnum(C) || C == '.'; }).str()};
    if (isWordPart(C)) {
      StringRef Word = take(isWordPart);
      // E'...' of PostgreSQL has escapes.
      if (Word.equals_insensitive("e") && D == SqlDialect::PostgreSql &&
          Rest.starts_with("'"))
        return quoted('\'', true);
      return {Token::Kind::Word, Word.lower()};
    }
    Rest = Rest.drop_front();
    return {Token::Kind::Symbol, std::string(1, C)};
  }

private:
  static bool isWordPart(char C) {
    return llvm::isAlnum(C) || C == '_' || C == '@' ||
           static_cast<unsigned char>(C) >= 0x80;
  }

  template <typename F> StringRef take(F Belongs) {
    StringRef Taken = Rest.take_while(Belongs);
    Rest = Rest.drop_front(Taken.size());
    return Taken;
  }

  void skipBlanks() {
    while (!Rest.empty()) {
      if (llvm::isSpace(Rest.front())) {
        Rest = Rest.ltrim();
      } else if (Rest.starts_with("--") ||
                 (Rest.starts_with("#") && D == SqlDialect::MySql)) {
        Rest = Rest.split('\n').second;
      } else if (Rest.starts_with("/*!") && D == SqlDialect::MySql) {
        // MySQL runs what stands in such a comment.
        Rest = Rest.drop_front(3).ltrim("0123456789");
      } else if (Rest.starts_with("*/") && D == SqlDialect::MySql) {
        Rest = Rest.drop_front(2);
      } else if (Rest.starts_with("/*")) {
        skipComment();
      } else {
        return;
      }
    }
  }

  void skipComment() {
    unsigned Depth = 0;
    while (!Rest.empty()) {
      if (Rest.starts_with("/*") && (!Depth || D == SqlDialect::PostgreSql)) {
        ++Depth;
        Rest = Rest.drop_front(2);
      } else if (Rest.starts_with("*/")) {
        Rest = Rest.drop_front(2);
        if (--Depth == 0)
          return;
      } else {
        Rest = Rest.drop_front();
      }
    }
  }

  /// A doubled end is a character of the text.
  Token quoted(char End, bool Escapes) {
    Rest = Rest.drop_front();
    std::string Text;
    while (!Rest.empty()) {
      char C = Rest.front();
      Rest = Rest.drop_front();
      if (C == '\\' && Escapes && !Rest.empty()) {
        C = Rest.front();
        Rest = Rest.drop_front();
      } else if (C == End) {
        if (!Rest.starts_with(StringRef(&End, 1)))
          break;
        Rest = Rest.drop_front();
      }
      Text.push_back(llvm::toLower(C));
    }
    return {Token::Kind::Quoted, Text};
  }

  /// $$...$$ or $name$...$name$; nothing for a parameter ($1).
  std::optional<Token> dollarQuoted() {
    size_t Close = Rest.find('$', 1);
    if (Close == StringRef::npos)
      return std::nullopt;
    StringRef Tag = Rest.take_front(Close + 1);
    StringRef Name = Tag.drop_front().drop_back();
    if ((!Name.empty() && llvm::isDigit(Name.front())) ||
        !llvm::all_of(Name, isWordPart))
      return std::nullopt;
    size_t End = Rest.find(Tag, Tag.size());
    Rest = End == StringRef::npos ? StringRef()
                                  : Rest.drop_front(End + Tag.size());
    return Token{Token::Kind::Quoted, {}};
  }

  StringRef Rest;
  SqlDialect D;
};

class StatementReader {
public:
  StatementReader(StringRef Text, SqlDialect Dialect) : Tokens(Text, Dialect) {
    advance();
  }

  llvm::SmallVector<SqlStep, 2> run() {
    while (!Now.atEnd()) {
      if (!Now.is(';'))
        readStatement();
      advance();
    }
    return std::move(Steps);
  }

private:
  using Kind = SqlStep::Kind;

  void advance() { Now = Tokens.next(); }
  bool accept(StringRef Word) {
    if (!Now.is(Word))
      return false;
    advance();
    return true;
  }
  template <typename... W> bool acceptAny(W... Words) {
    return (accept(Words) || ...);
  }
  void add(Kind What, std::string Name = {}) {
    Steps.push_back({What, std::move(Name)});
  }
  bool statementEnds() const { return Now.atEnd() || Now.is(';'); }
  void skipStatement() {
    while (!statementEnds())
      advance();
  }

  void readStatement() {
    if (accept("begin"))
      readBegin();
    else if (accept("start"))
      addIf(accept("transaction"), Kind::Begin);
    else if (acceptAny("commit", "end"))
      readCommit();
    else if (acceptAny("rollback", "abort"))
      readRollback();
    else if (accept("savepoint"))
      add(Kind::Savepoint, Now.Text);
    else if (accept("release")) {
      accept("savepoint");
      add(Kind::Release, Now.Text);
    } else if (accept("prepare"))
      // The transaction goes on without the session.
      addIf(Now.is("transaction"), Kind::Commit);
    else if (accept("set"))
      readSet();
    else if (accept("create"))
      readCreate();
    else if (acceptAny("if", "declare", "while"))
      readBlock(0);
    skipStatement();
  }

  void addIf(bool Holds, Kind What) {
    if (Holds)
      add(What);
  }

  void readBegin() {
    for (StringRef Word :
         {"work", "transaction", "tran", "deferred", "immediate", "exclusive",
          "concurrent", "isolation", "read", "deferrable"})
      if (Now.is(Word))
        return add(Kind::Begin);
    if (statementEnds())
      return add(Kind::Begin);
    readBlock(1);
  }

  void readCommit() {
    if (Now.is("prepared"))
      return;
    acceptAny("work", "transaction", "tran");
    add(Kind::Commit);
    addIf(accept("and") && Now.is("chain"), Kind::Begin);
  }

  void readRollback() {
    if (Now.is("prepared"))
      return;
    acceptAny("work", "transaction", "tran");
    if (Now.is("to"))
      return; // back to a savepoint
    add(Kind::Rollback);
    addIf(accept("and") && Now.is("chain"), Kind::Begin);
  }

  /// Of the autocommit mode.
  void readSet() {
    while (acceptAny("session", "local", "@@session", "@@local") || Now.is('.'))
      if (Now.is('.'))
        advance();
    if (!acceptAny("autocommit", "@@autocommit"))
      return;
    if (Now.is('='))
      advance();
    if (Now.Text == "0" || acceptAny("off", "false"))
      add(Kind::Begin);
    else
      add(Kind::Commit);
  }

  /// The body of a trigger or a procedure is not run now.
  void readCreate() {
    bool HasBody = false;
    while (!statementEnds()) {
      if (HasBody && accept("begin")) {
        size_t Known = Steps.size();
        readBlock(1);
        Steps.resize(Known);
        return;
      }
      HasBody |= Now.is("trigger") || Now.is("procedure") ||
                 Now.is("function") || Now.is("event");
      advance();
    }
  }

  /// Procedural code, \p Depth blocks deep.
  void readBlock(unsigned Depth) {
    bool Ends = false;
    while (!Now.atEnd() && !(Depth == 0 && Now.is(';'))) {
      if (acceptAny("begin", "case")) {
        ++Depth;
      } else if (accept("end")) {
        if (!acceptAny("if", "loop", "while", "repeat", "for") && Depth)
          --Depth;
        accept("case");
      } else {
        Ends |= Now.is("commit") || Now.is("rollback");
        advance();
      }
    }
    addIf(Ends, Kind::MayEnd);
  }

  Tokenizer Tokens;
  Token Now;
  llvm::SmallVector<SqlStep, 2> Steps;
};

} // namespace

llvm::SmallVector<SqlStep, 2> transactionSteps(StringRef Text,
                                               SqlDialect Dialect) {
  auto Steps = StatementReader(Text, Dialect).run();
  if (Dialect != SqlDialect::Sqlite)
    llvm::erase_if(Steps, [](const SqlStep &S) {
      return S.What == SqlStep::Kind::Savepoint ||
             S.What == SqlStep::Kind::Release;
    });
  return Steps;
}

} // namespace conntidy::model
