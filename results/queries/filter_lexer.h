// Words of a filter expression. For this folder's sources only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faretto {

struct FilterToken {
  enum class Kind { kName, kNumber, kText, kCompare, kAnd, kOr, kNot, kOpen, kClose, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;  // name, text, or the comparison as written ("=" for "==")
  double number = 0;
  std::size_t position = 1;  // of the first character, from 1
};

// Ends with kEnd. kInvalid names the position of a character that cannot stand there.
Result<std::vector<FilterToken>> LexFilter(std::string_view text);

}  // namespace faretto
