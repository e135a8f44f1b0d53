#include "tests/results/testing/test_folder.h"

#include <unistd.h>

#include <set>
#include <stdexcept>
#include <system_error>

namespace faretto {
namespace fs = std::filesystem;

TestFolder::TestFolder() {
  std::string name = (fs::temp_directory_path() / "faretto-test-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make " + name);
  path_ = name;
}

TestFolder::~TestFolder() {
  std::error_code code;
  fs::remove_all(path_, code);
}

std::string Listing(const fs::path& dir) {
  std::set<std::string> names;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(dir, code)) {
    names.insert(entry.path().filename().string());
  }
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

}  // namespace faretto
