// Text and its characters. Thread safety: pure functions.
#pragma once

#include <string_view>

namespace faretto {

bool IsUtf8(std::string_view text);

// Is this a continuation byte (10xxxxxx), that is any byte but the first of a character of several
// bytes? Text must not be cut before one.
inline bool ContinuesCharacter(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace faretto
