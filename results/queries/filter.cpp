#include "results/queries/filter.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>
#include <variant>

#include "base/names.h"
#include "results/queries/filter_lexer.h"

namespace faretto {
namespace {

using Kind = FilterToken::Kind;

// Deeper than any person writes, shallow enough for any stack.
constexpr int kMaxDepth = 64;

const std::vector<std::string>& StateNames() {
  static const std::vector<std::string> names = {"waiting",   "running", "paused",
                                                 "completed", "stopped", "failed"};
  return names;
}

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

struct Operand {
  enum class Source { kLiteral, kFact, kMetric, kParam };
  Source source = Source::kLiteral;
  std::string name;
  FieldValue literal;

  FieldValue Of(const TrialRow& row) const;
};

FieldValue Operand::Of(const TrialRow& row) const {
  if (source == Source::kFact) return FactOf(row, name);
  if (source == Source::kParam) return ParamOf(row, name);
  if (source == Source::kLiteral) return literal;
  return MetricOf(row, name);
}

std::optional<double> AsNumber(const FieldValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  const auto* text = std::get_if<std::string>(&value);
  if (!text) return std::nullopt;
  double number = 0;
  const char* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

template <class T>
bool Holds(const std::string& comparison, const T& a, const T& b) {
  if (comparison == "<") return a < b;
  if (comparison == "<=") return a <= b;
  if (comparison == ">") return a > b;
  if (comparison == ">=") return a >= b;
  if (comparison == "!=") return a != b;
  return a == b;
}

// Nothing where a value is missing.
std::optional<bool> Compare(const std::string& comparison, const FieldValue& a,
                            const FieldValue& b) {
  if (a.index() == 0 || b.index() == 0) return std::nullopt;
  if (a.index() == 2 && b.index() == 2) {
    return Holds(comparison, std::get<std::string>(a), std::get<std::string>(b));
  }
  const auto x = AsNumber(a);
  const auto y = AsNumber(b);
  if (!x || !y) return comparison == "!=";
  return Holds(comparison, *x, *y);
}

}  // namespace

const std::vector<std::string>& FactNames() {
  static const std::vector<std::string> names = {"id", "state", "resource", "origin",
                                                 "constraint_violation"};
  return names;
}

FieldValue FactOf(const TrialRow& row, const std::string& name) {
  if (name == "id") return static_cast<double>(row.id);
  if (name == "resource") return static_cast<double>(row.resource);
  if (name == "state") return std::string(TrialStateName(row.state));
  if (name == "constraint_violation")
    return row.violation ? FieldValue(*row.violation) : FieldValue();
  return row.origin;
}

FieldValue MetricOf(const TrialRow& row, const std::string& name) {
  const auto found = row.values.find(name);
  return found == row.values.end() ? FieldValue() : FieldValue(found->second);
}

FieldValue ParamOf(const TrialRow& row, const std::string& name) {
  const auto found = row.params.find(name);
  if (found == row.params.end() || found->is_null()) return {};
  if (found->is_number()) return found->get<double>();
  return found->is_string() ? found->get<std::string>() : DumpJson(*found);
}

struct Filter::Node {
  enum class Type { kCompare, kAnd, kOr, kNot };
  Type type = Type::kCompare;
  std::vector<std::shared_ptr<const Node>> children;
  std::string comparison;
  Operand left, right;

  // Three-valued logic, as in SQL.
  std::optional<bool> Evaluate(const TrialRow& row) const {
    if (type == Type::kCompare) return Compare(comparison, left.Of(row), right.Of(row));
    if (type == Type::kNot) {
      const auto inner = children[0]->Evaluate(row);
      return inner ? std::optional(!*inner) : std::nullopt;
    }
    // `decisive` settles the whole; without it one unknown makes the whole unknown.
    const bool decisive = type == Type::kOr;
    bool unknown = false;
    for (const auto& child : children) {
      const auto value = child->Evaluate(row);
      if (value && *value == decisive) return decisive;
      unknown = unknown || !value;
    }
    return unknown ? std::nullopt : std::optional(!decisive);
  }
};

namespace {

using Node = Filter::Node;
using NodePtr = std::shared_ptr<const Node>;

class Parser {
 public:
  Parser(std::vector<FilterToken> tokens, const FieldNames& names)
      : tokens_(std::move(tokens)), names_(names) {}

  Result<NodePtr> Run() {
    FARETTO_ASSIGN_OR_RETURN(NodePtr root, Chain(Kind::kOr, 0));
    if (Here().kind != Kind::kEnd) return Expected("\"and\", \"or\" or the end");
    return root;
  }

 private:
  const FilterToken& Here() const { return tokens_[at_]; }
  // kEnd stays where it is.
  FilterToken Take() { return Here().kind == Kind::kEnd ? Here() : tokens_[at_++]; }

  Error Problem(std::size_t position, const std::string& what) const {
    return Invalid("--where, position " + std::to_string(position) + ": " + what);
  }
  Error Expected(const std::string& what) const {
    const std::string found = Here().kind == Kind::kEnd ? "the end" : "something else";
    return Problem(Here().position, "expected " + what + ", found " + found);
  }

  // Terms with "or" between (each a chain with "and" between), or with "and" between.
  Result<NodePtr> Chain(Kind link, int depth) {
    auto node = std::make_shared<Node>();
    node->type = link == Kind::kOr ? Node::Type::kOr : Node::Type::kAnd;
    while (true) {
      FARETTO_ASSIGN_OR_RETURN(NodePtr child,
                               link == Kind::kOr ? Chain(Kind::kAnd, depth) : Term(depth));
      node->children.push_back(std::move(child));
      if (Here().kind != link) break;
      Take();
    }
    return node->children.size() == 1 ? node->children[0] : NodePtr(node);
  }

  Result<NodePtr> Term(int depth) {
    if (depth >= kMaxDepth) {
      return Problem(Here().position,
                     "nested deeper than " + std::to_string(kMaxDepth) + " levels");
    }
    if (Here().kind == Kind::kNot) {
      Take();
      auto node = std::make_shared<Node>();
      node->type = Node::Type::kNot;
      FARETTO_ASSIGN_OR_RETURN(NodePtr child, Term(depth + 1));
      node->children.push_back(std::move(child));
      return NodePtr(node);
    }
    if (Here().kind == Kind::kOpen) {
      Take();
      FARETTO_ASSIGN_OR_RETURN(NodePtr inner, Chain(Kind::kOr, depth + 1));
      if (Here().kind != Kind::kClose) return Expected("\")\"");
      Take();
      return inner;
    }
    return Comparison();
  }

  Result<NodePtr> Comparison() {
    const FilterToken left = Take();
    if (Here().kind != Kind::kCompare) {
      if (!IsOperand(left))
        return Problem(left.position, "expected a name, a number or quoted text");
      return Expected("a comparison such as < or =");
    }
    auto node = std::make_shared<Node>();
    node->comparison = Take().text;
    const FilterToken right = Take();
    for (const FilterToken* side : {&left, &right}) {
      if (!IsOperand(*side))
        return Problem(side->position, "expected a name, a number or quoted text");
    }
    FARETTO_ASSIGN_OR_RETURN(node->left, MakeOperand(left, right));
    FARETTO_ASSIGN_OR_RETURN(node->right, MakeOperand(right, left));
    return NodePtr(node);
  }

  static bool IsOperand(const FilterToken& token) {
    return token.kind == Kind::kName || token.kind == Kind::kNumber || token.kind == Kind::kText;
  }

  static bool IsState(const FilterToken& token) {
    return token.kind == Kind::kName && token.text == "state";
  }

  Result<Operand> MakeOperand(const FilterToken& token, const FilterToken& other) const {
    Operand operand;
    operand.name = token.text;
    // The names of states are words of the language, bare or quoted, so that a misspelt state is an
    // error.
    if (IsState(other) && !IsState(token)) {
      if (!Contains(StateNames(), token.text)) {
        return Problem(token.position,
                       "unknown state \"" + token.text + "\"" + NameHint(token.text, StateNames()));
      }
      operand.literal = token.text;
      return operand;
    }
    if (token.kind == Kind::kNumber) {
      operand.literal = token.number;
    } else if (token.kind == Kind::kText) {
      operand.literal = token.text;
    } else {
      return Name(token);
    }
    return operand;
  }

  Result<Operand> Name(const FilterToken& token) const {
    const auto after = [&](const std::string& prefix) {
      return token.text.starts_with(prefix) ? token.text.substr(prefix.size()) : std::string();
    };
    using Source = Operand::Source;
    const std::string metric = after("values.");
    const std::string param = after("params.");
    if (Contains(FactNames(), token.text)) return Operand{Source::kFact, token.text, {}};
    if (Contains(names_.metrics, token.text)) return Operand{Source::kMetric, token.text, {}};
    if (Contains(names_.params, token.text)) return Operand{Source::kParam, token.text, {}};
    if (Contains(names_.metrics, metric)) return Operand{Source::kMetric, metric, {}};
    if (Contains(names_.params, param)) return Operand{Source::kParam, param, {}};
    std::vector<std::string> known = FactNames();
    known.insert(known.end(), names_.metrics.begin(), names_.metrics.end());
    known.insert(known.end(), names_.params.begin(), names_.params.end());
    return Problem(token.position, "unknown name \"" + token.text + "\"" +
                                       NameHint(token.text, known) + "; text needs quotes");
  }

  std::vector<FilterToken> tokens_;
  const FieldNames& names_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Filter> Filter::Parse(std::string_view text, const FieldNames& names) {
  FARETTO_ASSIGN_OR_RETURN(std::vector<FilterToken> tokens, LexFilter(text));
  FARETTO_ASSIGN_OR_RETURN(NodePtr root, Parser(std::move(tokens), names).Run());
  return Filter(std::move(root));
}

bool Filter::Matches(const TrialRow& row) const { return root_->Evaluate(row).value_or(false); }

}  // namespace faretto
