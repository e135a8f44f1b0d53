#include "objectives/fairness/labels_csv.h"

#include <algorithm>

#include "base/files.h"
#include "base/names.h"
#include "base/utf8.h"

namespace faretto {
namespace {

Error AtLine(std::size_t line, const std::string& message) {
  return Invalid("line " + std::to_string(line) + ": " + message);
}

class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
  }

  bool at_end() const { return place_ == text_.size(); }
  std::size_t line() const { return line_; }

  // The fields up to the next line end outside of quotes.
  Result<std::vector<std::string>> Row() {
    std::vector<std::string> fields;
    while (true) {
      FARETTO_ASSIGN_OR_RETURN(std::string field, Field());
      fields.push_back(std::move(field));
      if (at_end()) return fields;
      if (text_[place_++] == ',') continue;
      ++line_;
      return fields;
    }
  }

 private:
  // Leaves place_ at the comma, the line feed or the end behind the field.
  Result<std::string> Field() {
    if (!at_end() && text_[place_] == '"') return QuotedField();
    const std::size_t end = std::min(text_.find_first_of(",\n", place_), text_.size());
    std::string field(text_.substr(place_, end - place_));
    place_ = end;
    if (LineEnds() && field.ends_with('\r')) field.pop_back();
    if (field.find('"') != std::string::npos)
      return AtLine(line_, "a quote stands inside the field " + field +
                               "; put the whole field in quotes and double the quotes in it");
    return field;
  }

  Result<std::string> QuotedField() {
    const std::size_t opened = line_;
    std::string field;
    for (++place_; !at_end(); ++place_) {
      if (text_[place_] == '"') {
        ++place_;
        if (at_end() || text_[place_] != '"') return EndOfQuotedField(std::move(field));
      }
      if (text_[place_] == '\n') ++line_;
      field += text_[place_];
    }
    return AtLine(opened, "a quote is opened and never closed");
  }

  Result<std::string> EndOfQuotedField(std::string field) {
    if (!at_end() && text_[place_] == '\r') ++place_;
    if (LineEnds() || text_[place_] == ',') return field;
    return AtLine(line_, "text follows the closing quote of the field \"" + field + "\"");
  }

  bool LineEnds() const { return at_end() || text_[place_] == '\n'; }

  std::string_view text_;
  std::size_t place_ = 0;
  std::size_t line_ = 1;
};

Status CheckColumns(const std::vector<std::string>& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].empty())
      return AtLine(1, "column " + std::to_string(i + 1) + " of the header has no name");
    if (std::find(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(i), columns[i]) !=
        columns.begin() + static_cast<std::ptrdiff_t>(i))
      return AtLine(1, "the column \"" + columns[i] + "\" stands twice in the header");
  }
  return Ok{};
}

bool IsEmptyLine(const std::vector<std::string>& fields) {
  return fields.size() == 1 && fields[0].empty();
}

}  // namespace

Result<std::vector<std::string>> LabelTable::Column(std::string_view name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found == columns.end())
    return Invalid("there is no column \"" + std::string(name) + "\"" + NameHint(name, columns));
  const auto index = static_cast<std::size_t>(found - columns.begin());
  std::vector<std::string> values;
  values.reserve(rows.size());
  for (const std::vector<std::string>& row : rows) values.push_back(row[index]);
  return values;
}

Result<LabelTable> ParseLabels(std::string_view content) {
  if (!IsUtf8(content)) return Invalid("the file is not UTF-8 text; save it as UTF-8");
  CsvReader reader(content);
  if (reader.at_end()) return Invalid("the file is empty; the first line must name the columns");
  LabelTable table;
  FARETTO_ASSIGN_OR_RETURN(table.columns, reader.Row());
  FARETTO_RETURN_IF_ERROR(CheckColumns(table.columns));
  std::size_t empty_line = 0;  // allowed at the end only: a row there would be counted wrong
  while (!reader.at_end()) {
    const std::size_t line = reader.line();
    FARETTO_ASSIGN_OR_RETURN(std::vector<std::string> fields, reader.Row());
    if (IsEmptyLine(fields)) {
      if (empty_line == 0) empty_line = line;
      continue;
    }
    if (empty_line != 0)
      return AtLine(empty_line, "the line is empty, but rows follow; remove it or fill it in");
    if (fields.size() != table.columns.size())
      return AtLine(line, "there are " + std::to_string(fields.size()) +
                              " fields, but the header has " +
                              std::to_string(table.columns.size()) + " columns");
    table.rows.push_back(std::move(fields));
    table.lines.push_back(line);
  }
  return table;
}

Result<LabelTable> ReadLabels(const std::filesystem::path& path) {
  FARETTO_ASSIGN_OR_RETURN(const std::string content, ReadFile(path));
  Result<LabelTable> table = ParseLabels(content);
  if (!table.ok()) return table.error().In(path.string());
  return table;
}

}  // namespace faretto
