// One image file -> pixels. Every format that OpenCV's imgcodecs decodes (PNM, PNG, JPEG, BMP,
// TIFF, WebP, ...). Thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faretto {

struct ImageFormat {
  int channels = 3;  // 1: grey; 3: red, green, blue
  int size = 0;      // side of the square to resize to, aspect not kept; 0: the image's own size
};

struct Image {
  int channels = 0;
  int height = 0;
  int width = 0;
  std::vector<std::uint8_t> pixels;  // [channels, height, width]
};

// Decoded to 8 bits and resized: bilinear when a side grows, by pixel area when both shrink (which,
// unlike plain bilinear sampling, skips no pixel). kInvalid: no such file, not an image, truncated.
Result<Image> ReadImage(const std::filesystem::path& path, const ImageFormat& format);
// The same, resized to height x width.
Result<Image> ReadImage(const std::filesystem::path& path, int channels, int height, int width);

// Why the bytes cannot be one whole image; nothing if no fault is seen. The decoder fills missing
// rows of PNM and JPEG files with grey and says nothing, so the ends of PNM, PNG and JPEG files are
// looked for here. A PNM file longer than its header says is refused too: it is the mark of a
// text-mode conversion, which shifts pixels.
std::optional<std::string> ImageFault(std::string_view bytes);

}  // namespace faretto
