// Looks for the end of an image file without decoding it.
#include <cctype>
#include <cstdint>

#include "trainers/data/image_file.h"

namespace faretto {
namespace {

constexpr const char* kTruncated = "is truncated";

std::uint32_t BigEndian(std::string_view bytes, std::size_t at, int count) {
  std::uint32_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}

// The next number of a PNM header, behind white space and comments; nothing at the end of the file
// or at anything else.
std::optional<std::uint64_t> HeaderNumber(std::string_view bytes, std::size_t& at) {
  while (at < bytes.size() &&
         (std::isspace(static_cast<unsigned char>(bytes[at])) || bytes[at] == '#')) {
    if (bytes[at] == '#') {
      while (at < bytes.size() && bytes[at] != '\n') ++at;
    } else {
      ++at;
    }
  }
  std::uint64_t value = 0;
  const std::size_t begin = at;
  while (at < bytes.size() && std::isdigit(static_cast<unsigned char>(bytes[at]))) {
    value = value * 10 + (bytes[at++] - '0');
    if (value > 1'000'000) return std::nullopt;
  }
  if (at == begin) return std::nullopt;
  return value;
}

// "P5" and "P6": the header says how many bytes follow (netpbm, pgm(5) and ppm(5)).
std::optional<std::string> PnmFault(std::string_view bytes) {
  std::size_t at = 2;
  std::uint64_t numbers[3];  // width, height, greatest value
  for (std::uint64_t& number : numbers) {
    const std::optional<std::uint64_t> found = HeaderNumber(bytes, at);
    if (!found) return "has a damaged header";
    number = *found;
  }
  const std::uint64_t channels = bytes[1] == '6' ? 3 : 1;
  const std::uint64_t expected =
      at + 1 + numbers[0] * numbers[1] * channels * (numbers[2] > 255 ? 2 : 1);
  if (bytes.size() < expected) return kTruncated;
  if (bytes.size() > expected) {
    return "is longer than its header says (" + std::to_string(bytes.size()) +
           " bytes instead of " + std::to_string(expected) +
           "), as after a text-mode conversion of line ends";
  }
  return std::nullopt;
}

// Chunks of length, type, data, checksum, the last of type IEND (PNG specification, section 5).
std::optional<std::string> PngFault(std::string_view bytes) {
  for (std::size_t at = 8; at + 12 <= bytes.size();) {
    const std::string_view type = bytes.substr(at + 4, 4);
    at += std::size_t{12} + BigEndian(bytes, at, 4);
    if (type == "IEND" && at <= bytes.size()) return std::nullopt;
  }
  return kTruncated;
}

// Segments of marker and length, then scans, in which 0xFF is followed by 0 or a restart marker, up
// to the end marker 0xFFD9 (ITU-T T.81, annex B). A thumbnail's end marker lies inside a segment.
std::optional<std::string> JpegFault(std::string_view bytes) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); };
  bool in_scan = false;
  for (std::size_t at = 2; at + 1 < bytes.size();) {
    if (byte(at) != 0xFF) {
      if (!in_scan) return "has a damaged header";
      ++at;
      continue;
    }
    const std::uint8_t marker = byte(at + 1);
    if (marker == 0xD9) return std::nullopt;
    if (marker == 0xFF) {  // fill byte
      ++at;
    } else if (marker == 0x00 || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) {
      at += 2;
    } else {
      if (at + 4 > bytes.size()) break;
      in_scan = marker == 0xDA;
      at += 2 + BigEndian(bytes, at + 2, 2);
    }
  }
  return kTruncated;
}

}  // namespace

std::optional<std::string> ImageFault(std::string_view bytes) {
  if (bytes.empty()) return "is empty";
  if (bytes.starts_with("P5") || bytes.starts_with("P6")) return PnmFault(bytes);
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return PngFault(bytes);
  if (bytes.starts_with("\xFF\xD8")) return JpegFault(bytes);
  return std::nullopt;
}

}  // namespace faretto
