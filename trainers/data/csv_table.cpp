#include "trainers/data/csv_table.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "base/files.h"

namespace faretto {
namespace {

// Reads one record at a time; knows the line it is on.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  }

  int line() const { return line_; }

  // Passes empty lines; false at the end of the text.
  bool SkipToRecord() {
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) {
      if (text_[at_++] == '\n') ++line_;
    }
    return at_ < text_.size();
  }

  // False if a quote is never closed.
  bool ReadRecord(std::vector<std::string>& fields) {
    fields.clear();
    for (;;) {
      std::string field;
      if (!ReadField(field)) return false;
      fields.push_back(std::move(field));
      if (at_ >= text_.size()) return true;
      const char separator = text_[at_++];
      if (separator == '\n') {
        ++line_;
        return true;
      }
    }
  }

 private:
  // Leaves `at_` on the comma, the line feed or the end.
  bool ReadField(std::string& field) {
    if (at_ < text_.size() && text_[at_] == '"' && !ReadQuoted(field)) return false;
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n') field += text_[at_++];
    const bool at_line_end = at_ >= text_.size() || text_[at_] == '\n';
    if (at_line_end && !field.empty() && field.back() == '\r') field.pop_back();
    return true;
  }

  bool ReadQuoted(std::string& field) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        field += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        field += text_[at_++];
      } else {
        ++at_;
        return true;
      }
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
};

std::string Place(const std::filesystem::path& path, int line) {
  return path.string() + " line " + std::to_string(line);
}

}  // namespace

std::optional<std::size_t> CsvTable::Column(const std::string& name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found == columns.end()) return std::nullopt;
  return found - columns.begin();
}

Result<CsvTable> ReadCsv(const std::filesystem::path& path) {
  FARETTO_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  CsvReader reader(text);
  CsvTable table;
  std::vector<std::string> fields;
  while (reader.SkipToRecord()) {
    const int line = reader.line();
    if (!reader.ReadRecord(fields)) {
      return Invalid(Place(path, line) + ": a quoted field is never closed; add the missing \"");
    }
    if (table.columns.empty()) {
      table.columns = fields;
      continue;
    }
    if (fields.size() != table.columns.size()) {
      return Invalid(Place(path, line) + ": the row has " + std::to_string(fields.size()) +
                     " fields, the header " + std::to_string(table.columns.size()) +
                     "; make them agree");
    }
    table.rows.push_back(fields);
    table.lines.push_back(line);
  }
  if (table.columns.empty()) {
    return Invalid(path.string() + " is empty; its first line must name the columns");
  }
  std::set<std::string> seen;
  for (const std::string& column : table.columns) {
    if (!seen.insert(column).second) {
      return Invalid(Place(path, 1) + ": the column \"" + column + "\" stands twice; rename one");
    }
  }
  return table;
}

}  // namespace faretto
