#include "tests/source_folder.h"

namespace faretto {

std::filesystem::path SourceFolder() { return FARETTO_SOURCE_DIR; }

}  // namespace faretto
