#include "results/queries/table.h"

#include <algorithm>
#include <cstddef>

#include "base/utf8.h"

namespace faretto {
namespace {

// One line, whatever a log or a name holds.
std::string OneLine(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    line += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return line;
}

std::size_t Width(const std::string& text) {
  std::size_t width = 0;
  for (const char c : text) width += !ContinuesCharacter(c);
  return width;
}

std::string CsvCell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string Table::ToText() const {
  std::vector<std::vector<std::string>> lines;
  lines.emplace_back();
  for (const TableColumn& column : columns) lines.back().push_back(OneLine(column.name));
  for (const auto& row : rows) {
    lines.emplace_back();
    for (const std::string& cell : row) lines.back().push_back(OneLine(cell));
  }
  std::vector<std::size_t> widths(columns.size(), 0);
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < columns.size(); ++i)
      widths[i] = std::max(widths[i], Width(line[i]));
  }
  std::string text;
  for (const auto& line : lines) {
    std::string out;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string padding(widths[i] - Width(line[i]), ' ');
      if (i > 0) out += "  ";
      out += columns[i].right ? padding + line[i] : line[i] + padding;
    }
    out.erase(out.find_last_not_of(' ') + 1);
    text += out + '\n';
  }
  return text;
}

std::string Table::ToCsv() const {
  std::string text;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    text += (i > 0 ? "," : "") + CsvCell(columns[i].name);
  }
  text += "\r\n";
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) text += (i > 0 ? "," : "") + CsvCell(row[i]);
    text += "\r\n";
  }
  return text;
}

}  // namespace faretto
