#include "results/queries/filter_lexer.h"

#include <charconv>
#include <cmath>
#include <optional>

namespace faretto {
namespace {

using Kind = FilterToken::Kind;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool StartsName(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool ContinuesName(char c) {
  return StartsName(c) || IsDigit(c) || c == '.' || c == '-' || c == '/' || c == ':' || c == '@';
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<FilterToken>> Run() {
    std::vector<FilterToken> tokens;
    while (true) {
      while (at_ < text_.size() &&
             (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) {
        ++at_;
      }
      FARETTO_ASSIGN_OR_RETURN(FilterToken token, Next());
      tokens.push_back(std::move(token));
      if (tokens.back().kind == Kind::kEnd) return tokens;
    }
  }

 private:
  Error Problem(std::size_t position, const std::string& what) const {
    return Invalid("--where, position " + std::to_string(position + 1) + ": " + what);
  }

  // The token of the `length` characters from here.
  FilterToken Take(Kind kind, std::size_t length) {
    FilterToken token{kind, std::string(text_.substr(at_, length)), 0, at_ + 1};
    at_ += length;
    return token;
  }

  bool Ahead(std::string_view expected) const {
    return text_.substr(at_, expected.size()) == expected;
  }

  std::optional<FilterToken> Symbol() {
    for (const std::string_view two : {"<=", ">=", "==", "!="}) {
      if (!Ahead(two)) continue;
      FilterToken token = Take(Kind::kCompare, 2);
      if (token.text == "==") token.text = "=";
      return token;
    }
    if (Ahead("&&")) return Take(Kind::kAnd, 2);
    if (Ahead("||")) return Take(Kind::kOr, 2);
    switch (text_[at_]) {
      case '<':
      case '>':
      case '=': return Take(Kind::kCompare, 1);
      case '!': return Take(Kind::kNot, 1);
      case '(': return Take(Kind::kOpen, 1);
      case ')': return Take(Kind::kClose, 1);
      default: return std::nullopt;
    }
  }

  // "text", 'text' or `name`; the quote inside is written twice.
  Result<FilterToken> Quoted(char quote) {
    const std::size_t start = at_++;
    std::string content;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c != quote) {
        content += c;
      } else if (at_ < text_.size() && text_[at_] == quote) {
        content += quote;
        ++at_;
      } else {
        return FilterToken{quote == '`' ? Kind::kName : Kind::kText, content, 0, start + 1};
      }
    }
    return Problem(start, std::string("the text that begins here has no closing ") + quote);
  }

  Result<FilterToken> Number() {
    const std::size_t start = at_;
    if (text_[at_] == '+') ++at_;
    double value = 0;
    const char* end = text_.data() + text_.size();
    const auto read = std::from_chars(text_.data() + at_, end, value);
    if (read.ec != std::errc() || !std::isfinite(value)) {
      return Problem(start, "this is no number");
    }
    at_ = static_cast<std::size_t>(read.ptr - text_.data());
    if (at_ < text_.size() && ContinuesName(text_[at_])) {
      return Problem(start, "this is no number; text needs quotes");
    }
    return FilterToken{Kind::kNumber, "", value, start + 1};
  }

  FilterToken Word() {
    std::size_t length = 0;
    while (at_ + length < text_.size() && ContinuesName(text_[at_ + length])) ++length;
    FilterToken token = Take(Kind::kName, length);
    if (token.text == "and" || token.text == "AND") token.kind = Kind::kAnd;
    if (token.text == "or" || token.text == "OR") token.kind = Kind::kOr;
    if (token.text == "not" || token.text == "NOT") token.kind = Kind::kNot;
    return token;
  }

  Result<FilterToken> Next() {
    if (at_ == text_.size()) return FilterToken{Kind::kEnd, "", 0, at_ + 1};
    const char c = text_[at_];
    if (auto symbol = Symbol()) return std::move(*symbol);
    if (c == '"' || c == '\'' || c == '`') return Quoted(c);
    if (IsDigit(c) || c == '.' || c == '-' || c == '+') return Number();
    if (StartsName(c)) return Word();
    const auto byte = static_cast<unsigned char>(c);
    const std::string shown =
        byte < 0x20 || byte == 0x7f ? "a control character" : "\"" + std::string(1, c) + "\"";
    return Problem(at_, "cannot read " + shown);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<FilterToken>> LexFilter(std::string_view text) { return Lexer(text).Run(); }

}  // namespace faretto
