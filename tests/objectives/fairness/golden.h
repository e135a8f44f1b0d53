// The golden numbers and published tables of FR-NAS (tests/data/frnas).
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/csv.h"
#include "base/files.h"
#include "base/json.h"
#include "tests/source_folder.h"

namespace faretto {

inline std::string FrnasPath(const std::string& name) {
  return SourceFolder() / "tests/data/frnas" / name;
}

inline Json FrnasGolden() {
  const Result<std::string> text = ReadFile(FrnasPath("frnas_golden.json"));
  EXPECT_TRUE(text.ok());
  return ParseJson(*text).value();
}

inline CsvTable FrnasTable(const std::string& name) {
  Result<CsvTable> table = ReadCsv(FrnasPath(name));
  EXPECT_TRUE(table.ok()) << table.error().message;
  return *std::move(table);
}

}  // namespace faretto
