// A folder of its own for one test, gone at its end.
#pragma once

#include <filesystem>
#include <string>

namespace faretto {

class TestFolder {
 public:
  TestFolder();
  ~TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// Names of what lies in a folder, sorted.
std::string Listing(const std::filesystem::path& dir);

}  // namespace faretto
