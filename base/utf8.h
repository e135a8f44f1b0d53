// Text and its characters. Thread safety: pure functions.
#pragma once

#include <string_view>

namespace faretto {

bool IsUtf8(std::string_view text);

// Of a character of several bytes all but the first: 10xxxxxx. Text is not to be cut before one.
inline bool ContinuesCharacter(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace faretto
