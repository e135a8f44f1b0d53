#include "base/csv.h"

#include <algorithm>
#include <cctype>

#include "base/files.h"
#include "base/names.h"
#include "base/utf8.h"

namespace faretto {
namespace {

Error AtLine(std::size_t line, const std::string& message) {
  return Invalid("line " + std::to_string(line) + ": " + message);
}

Error LoneCarriageReturn(std::size_t line) {
  return AtLine(line, "the line ends are carriage returns alone; save the file with line feeds");
}

class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}

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
    if (field.find('\r') != std::string::npos) return LoneCarriageReturn(line_);
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
    return AtLine(opened, "a quote is opened and never closed; add the missing \"");
  }

  Result<std::string> EndOfQuotedField(std::string field) {
    const bool carriage_return = !at_end() && text_[place_] == '\r';
    if (carriage_return) ++place_;
    if (LineEnds() || (!carriage_return && text_[place_] == ',')) return field;
    if (carriage_return) return LoneCarriageReturn(line_);
    return AtLine(line_, "text follows the closing quote of the field \"" + field +
                             "\"; double the quotes that belong to it");
  }

  bool LineEnds() const { return at_end() || text_[place_] == '\n'; }

  std::string_view text_;
  std::size_t place_ = 0;
  std::size_t line_ = 1;
};

// Files that are no CSV, told by how they begin or by bytes that text does not have.
Status CheckIsText(std::string_view content) {
  if (content.starts_with("PK\x03\x04"))
    return Invalid("this is no text file but a spreadsheet or an archive; save the table as CSV");
  if (content.starts_with("\xff\xfe") || content.starts_with("\xfe\xff"))
    return Invalid("the file is UTF-16 text; save it as UTF-8");
  if (content.find('\0') != std::string_view::npos)
    return Invalid("this is no text file; a table must be CSV in UTF-8");
  if (!IsUtf8(content)) return Invalid("the file is not UTF-8 text; save it as UTF-8");
  return Ok{};
}

// What spreadsheet programs write in the place of a header, or between its names.
Status CheckFirstLine(std::string_view content) {
  std::string_view line = content.substr(0, content.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::string start(line.substr(0, 4));
  std::transform(start.begin(), start.end(), start.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (start == "sep=" && line.size() <= 5)
    return AtLine(1, "\"" + std::string(line) +
                         "\" is a note to spreadsheet programs, not a header; remove the line");
  if (line.find_first_of(",\"") == std::string_view::npos &&
      line.find_first_of(";\t") != std::string_view::npos)
    return AtLine(1, "the columns must be separated by commas, not semicolons or tabs");
  return Ok{};
}

Status CheckColumns(const std::vector<std::string>& columns) {
  if (columns.size() == 1 && columns[0].empty())
    return AtLine(1, "the line is empty; it must name the columns");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].empty())
      return AtLine(1, "column " + std::to_string(i + 1) +
                           " of the header has no name; name it or remove the column");
    const auto here = columns.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(columns.begin(), here, columns[i]) != here)
      return AtLine(1, "the column \"" + columns[i] + "\" stands twice in the header; rename one");
  }
  return Ok{};
}

bool IsEmptyLine(const std::vector<std::string>& fields) {
  return fields.size() == 1 && fields[0].empty();
}

std::string Count(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

Result<std::size_t> CsvTable::IndexOf(std::string_view name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found == columns.end())
    return Invalid("there is no column \"" + std::string(name) + "\"" + NameHint(name, columns));
  return static_cast<std::size_t>(found - columns.begin());
}

Result<std::vector<std::string>> CsvTable::Column(std::string_view name) const {
  FARETTO_ASSIGN_OR_RETURN(const std::size_t index, IndexOf(name));
  std::vector<std::string> values;
  values.reserve(rows.size());
  for (const std::vector<std::string>& row : rows) values.push_back(row[index]);
  return values;
}

Result<CsvTable> ParseCsv(std::string_view content) {
  FARETTO_RETURN_IF_ERROR(CheckIsText(content));
  if (content.starts_with("\xef\xbb\xbf")) content.remove_prefix(3);
  if (content.empty()) return Invalid("the file is empty; the first line must name the columns");
  FARETTO_RETURN_IF_ERROR(CheckFirstLine(content));
  CsvReader reader(content);
  CsvTable table;
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
      return AtLine(line, "the row has " + Count(fields.size(), "field") + ", but the header has " +
                              Count(table.columns.size(), "column") + "; make them agree");
    table.rows.push_back(std::move(fields));
    table.lines.push_back(line);
  }
  return table;
}

Result<CsvTable> ReadCsv(const std::filesystem::path& path) {
  FARETTO_ASSIGN_OR_RETURN(const std::string content, ReadFile(path));
  Result<CsvTable> table = ParseCsv(content);
  if (!table.ok()) return table.error().In(path.string());
  return table;
}

}  // namespace faretto
