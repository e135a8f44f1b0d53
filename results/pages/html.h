// Pieces of a page: escaping and tables. For this folder's sources only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace faretto {

// Safe as text and inside quoted attributes; control characters become spaces.
std::string Escape(std::string_view text);

// A table whose cells are HTML already.
struct HtmlTable {
  struct Column {
    std::string name;  // plain text
    bool right = false;
  };
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;

  std::string ToHtml() const;
};

}  // namespace faretto
