#include "base/number_text.h"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace faretto {

std::string NumberText(double value) {
  char buffer[32];
  // Whole numbers in full: std::to_chars would write 1e+05 for 100000.
  const bool whole = std::trunc(value) == value && std::abs(value) < 1e15;
  const auto result =
      whole ? std::to_chars(buffer, buffer + sizeof buffer, static_cast<long long>(value))
            : std::to_chars(buffer, buffer + sizeof buffer, value);
  return std::string(buffer, result.ptr);
}

std::string ShortNumber(double value) {
  if (std::trunc(value) == value && std::abs(value) < 1e7) return NumberText(value);
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.4g", value);
  return buffer;
}

}  // namespace faretto
