#include "results/pages/html.h"

#include <cstddef>

namespace faretto {

std::string Escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: {
        const auto byte = static_cast<unsigned char>(c);
        out += (byte < 0x20 && c != '\n') || byte == 0x7f ? ' ' : c;
      }
    }
  }
  return out;
}

std::string HtmlTable::ToHtml() const {
  const auto open = [&](const char* tag, std::size_t i) {
    return std::string("<") + tag + (columns[i].right ? " class=\"n\">" : ">");
  };
  std::string html = "<div class=\"scroll\"><table><thead><tr>";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    html += open("th", i) + Escape(columns[i].name) + "</th>";
  }
  html += "</tr></thead><tbody>\n";
  for (const auto& row : rows) {
    html += "<tr>";
    for (std::size_t i = 0; i < columns.size(); ++i) html += open("td", i) + row[i] + "</td>";
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

}  // namespace faretto
