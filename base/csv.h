// Tables as comma-separated text with a header line (RFC 4180): quoted fields, doubled quotes, line
// ends LF or CR LF, UTF-8. A byte order mark in front is skipped, and so are empty lines at the
// end.
//
//   FARETTO_ASSIGN_OR_RETURN(const CsvTable table, ReadCsv("labels.csv"));
//   FARETTO_ASSIGN_OR_RETURN(const std::vector<std::string> names, table.Column("identity"));
//
// Thread safety: values, like std::string.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faretto {

struct CsvTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as `columns`
  std::vector<std::size_t> lines;              // where each row begins in the file, from 1

  // Where a column stands. kInvalid, with the nearest name, if there is none.
  Result<std::size_t> IndexOf(std::string_view name) const;
  // The values of a column, in row order. Errors as of IndexOf.
  Result<std::vector<std::string>> Column(std::string_view name) const;
};

// kInvalid, with file and line: no such file; no UTF-8 text; no header, or one with an empty or
// repeated name or with another separator; a row of another length than the header; an empty line
// between rows; a quote that is not closed or stands inside a field; a carriage return that ends a
// line alone.
Result<CsvTable> ReadCsv(const std::filesystem::path& path);

// The same from the content of a file, without its name.
Result<CsvTable> ParseCsv(std::string_view content);

}  // namespace faretto
