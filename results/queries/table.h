// Rows and columns of text for people, and the same as CSV.
#pragma once

#include <string>
#include <vector>

namespace faretto {

struct TableColumn {
  std::string name;
  bool right = false;  // numbers
};

struct Table {
  std::vector<TableColumn> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as `columns`

  // Aligned columns, two spaces between them, no trailing blanks, one line a row. Widths count
  // UTF-8 characters; control characters are replaced, so that a cell is one line.
  std::string ToText() const;
  // RFC 4180: CRLF line ends, quotes where needed.
  std::string ToCsv() const;
};

}  // namespace faretto
