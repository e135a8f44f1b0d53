// Golden numbers of the published system: tests/data/frnas/frnas_golden.json, computed from the
// definitions by an independent script.
#pragma once

#include <string>

#include "base/files.h"
#include "base/json.h"
#include "tests/source_folder.h"

namespace faretto {

// The part under `key`; a missing file ends the test program. Name the result before looping over
// parts of it.
inline Json Golden(const std::string& key) {
  const std::filesystem::path path = SourceFolder() / "tests/data/frnas/frnas_golden.json";
  return ParseJson(ReadFile(path).value()).value().at(key);
}

}  // namespace faretto
