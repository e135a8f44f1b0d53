#include "base/json.h"

#include <set>
#include <vector>

#include "base/utf8.h"

namespace faretto {
namespace {

constexpr int kMaxDepth = 64;

// Builds the value through nlohmann's DOM parser while refusing what it would let pass.
class StrictHandler : public nlohmann::detail::json_sax_dom_parser<Json> {
  using Base = nlohmann::detail::json_sax_dom_parser<Json>;

 public:
  explicit StrictHandler(Json& document) : Base(document, false) {}

  const std::string& problem() const { return problem_; }
  std::size_t position() const { return position_; }

  bool start_object(std::size_t size) {
    keys_.emplace_back();
    return Enter() && Base::start_object(size);
  }
  bool end_object() {
    keys_.pop_back();
    --depth_;
    return Base::end_object();
  }
  bool start_array(std::size_t size) { return Enter() && Base::start_array(size); }
  bool end_array() {
    --depth_;
    return Base::end_array();
  }
  bool key(std::string& name) {
    if (!keys_.back().insert(name).second) {
      problem_ = "the key \"" + name + "\" stands twice in one object";
      return false;
    }
    return Base::key(name);
  }
  // The parser takes an integer beyond 64 bits for a double, which would change it silently.
  bool number_float(double value, const std::string& text) {
    if (text.find_first_of(".eE") == std::string::npos) {
      problem_ = "the integer " + text + " is beyond what can be kept exactly (2^53)";
      return false;
    }
    return Base::number_float(value, text);
  }
  template <class Exception>
  bool parse_error(std::size_t position, const std::string& /*token*/, const Exception& error) {
    position_ = position;
    std::string text = error.what();
    const auto colon = text.find(": ", text.find("column"));
    if (colon != std::string::npos) {
      problem_ = text.substr(colon + 2);
    } else {
      // "[json.exception.out_of_range.406] number overflow parsing '1e999'"
      const auto bracket = text.find("] ");
      problem_ = bracket == std::string::npos ? text : text.substr(bracket + 2);
    }
    return false;
  }

 private:
  bool Enter() {
    if (++depth_ <= kMaxDepth) return true;
    problem_ = "nested deeper than " + std::to_string(kMaxDepth) + " levels";
    return false;
  }

  int depth_ = 0;
  std::vector<std::set<std::string>> keys_;
  std::string problem_;
  std::size_t position_ = 0;
};

// Parser messages quote what they read, which may be anything and of any length.
std::string Printable(std::string text) {
  constexpr std::size_t kLongest = 200;
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
  }
  return text;
}

// As Python writes numbers that are not finite.
bool IsNotFinite(std::string_view text) {
  return text.starts_with("NaN") || text.starts_with("Infinity");
}

std::string LineAndColumn(std::string_view text, std::size_t position) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t i = 0; i + 1 < position && i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++line;
      column = 1;
    } else {
      ++column;
    }
  }
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

}  // namespace

Result<Json> ParseJson(std::string_view text) {
  // The library takes a NUL byte for the end of its input.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos)
    return Invalid("not JSON at " + LineAndColumn(text, nul + 1) + ": found a NUL byte");
  Json root;
  StrictHandler handler(root);
  bool ok = false;
  try {
    ok = Json::sax_parse(text.begin(), text.end(), &handler);
  } catch (const nlohmann::json::exception& error) {
    return Invalid(std::string("not JSON: ") + error.what());
  }
  if (ok) return root;
  std::string where =
      handler.position() > 0 ? " at " + LineAndColumn(text, handler.position()) : "";
  const bool not_finite =
      handler.position() > 0 && IsNotFinite(text.substr(handler.position() - 1));
  return Invalid(
      "not JSON" + where + ": " +
      (not_finite ? "NaN and Infinity are no numbers there" : Printable(handler.problem())));
}

bool IsUtf8(std::string_view text) {
  try {
    (void)Json(text).dump();  // the library's own strict check
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

bool IsExact(const Json& number) {
  constexpr std::int64_t kLimit = std::int64_t{1} << 53;
  if (number.is_number_unsigned())
    return number.get<std::uint64_t>() <= static_cast<std::uint64_t>(kLimit);
  if (!number.is_number_integer()) return true;
  const auto integer = number.get<std::int64_t>();
  return -kLimit <= integer && integer <= kLimit;
}

std::string DumpJson(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string CanonicalJson(const Json& value) {
  return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string_view JsonTypeName(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null: return "null";
    case Json::value_t::boolean: return "a boolean";
    case Json::value_t::string: return "text";
    case Json::value_t::array: return "a list";
    case Json::value_t::object: return "an object";
    default: return "a number";
  }
}

}  // namespace faretto
