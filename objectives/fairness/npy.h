// NumPy's array files (.npy, format versions 1 to 3), two-dimensional floats only.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faretto {

struct NpyMatrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> values;  // row-major, whatever the order in the file
};

// Reads float16, float32 or float64, little-endian, C or Fortran order. kInvalid, naming the file:
// missing file, other format, element type or number of dimensions, size that does not fit the
// header. Format: numpy.lib.format, "NEP 1 - A simple file format for NumPy arrays".
// Thread safety: pure functions but for reading the file.
Result<NpyMatrix> ReadNpy(const std::filesystem::path& path);

// The same from the content of a file.
Result<NpyMatrix> ParseNpy(std::string_view content);

}  // namespace faretto
