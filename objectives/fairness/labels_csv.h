// Labels of images: a CSV with a header line, one row an image.
//
// RFC 4180: quoted fields, doubled quotes, line ends LF or CR LF; a UTF-8 byte order mark in front
// is skipped, and so are empty lines at the end.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faretto {

struct LabelTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as `columns`
  std::vector<std::size_t> lines;              // where each row begins in the file, from 1

  // The values of a column, in row order. kInvalid, with the nearest name, if there is none.
  Result<std::vector<std::string>> Column(std::string_view name) const;
};

// kInvalid, with file and line: no such file, no header, an empty or repeated column name, a row
// of another length than the header, a quote that is not closed or stands inside a field.
Result<LabelTable> ReadLabels(const std::filesystem::path& path);

// The same from the content of a file.
Result<LabelTable> ParseLabels(std::string_view content);

}  // namespace faretto
