// Comma-separated text with a header line (RFC 4180): quoted fields, doubled quotes, line ends LF
// or CR LF, a UTF-8 byte order mark in front is skipped, empty lines are skipped.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace faretto {

struct CsvTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as `columns`
  std::vector<int> lines;                      // where each row begins in the file, from 1

  std::optional<std::size_t> Column(const std::string& name) const;
};

// kInvalid, with file and line: no such file, no header, a repeated column, a row of another length
// than the header, a quote that is never closed.
Result<CsvTable> ReadCsv(const std::filesystem::path& path);

}  // namespace faretto
