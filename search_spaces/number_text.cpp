#include "search_spaces/number_text.h"

#include <charconv>

namespace faretto {

void AppendRounded(double value, std::string& text) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general,
                                 /*precision=*/12);
  text.append(buffer, end.ptr);
}

std::string ExactText(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value);
  return std::string(buffer, end.ptr);
}

}  // namespace faretto
