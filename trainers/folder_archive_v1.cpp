#include "trainers/folder_archive_v1.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "base/field_reader.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kChunk = 1 << 20;

bool CopyBytes(std::istream& in, std::ostream& out, std::uint64_t count) {
  std::vector<char> buffer(std::min<std::uint64_t>(count, kChunk));
  while (count > 0) {
    const auto part = static_cast<std::streamsize>(std::min<std::uint64_t>(count, buffer.size()));
    if (!in.read(buffer.data(), part) || !out.write(buffer.data(), part)) return false;
    count -= static_cast<std::uint64_t>(part);
  }
  return true;
}

Status UnpackEntry(const Json& json, std::istream& in, const fs::path& archive,
                   const fs::path& folder) {
  std::string name;
  std::int64_t size = 0;
  bool executable = false;
  FieldReader fields(json, "files");
  fields.Require("size");
  fields.Text("path", name);
  fields.Integer("size", size, 0);
  fields.Boolean("executable", executable);
  if (!fields.Finish().ok() || !StaysInFolder(name)) return NotAFolderArchive(archive);
  const fs::path path = folder / name;
  std::error_code code;
  fs::create_directories(path.parent_path(), code);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!out) return Failed("cannot write " + path.string());
  if (!CopyBytes(in, out, static_cast<std::uint64_t>(size)) || !out.flush()) {
    if (in.eof()) return NotAFolderArchive(archive);
    return Failed("cannot write " + path.string() + "; is the disk full?");
  }
  if (executable) fs::permissions(path, fs::perms::owner_exec, fs::perm_options::add, code);
  return Ok{};
}

}  // namespace

Error NotAFolderArchive(const fs::path& file) {
  return Invalid(file.string() + " is not a checkpoint of a command trainer, or is damaged");
}

bool StaysInFolder(const std::string& text) {
  const fs::path path(text);
  if (text.empty() || path.is_absolute() || text.find('\0') != std::string::npos) return false;
  return std::none_of(path.begin(), path.end(),
                      [](const fs::path& part) { return part == ".." || part.empty(); });
}

Status MakeEmptyFolder(const fs::path& folder) {
  std::error_code code;
  fs::remove_all(folder, code);
  fs::create_directories(folder, code);
  if (code) return Failed("cannot make the folder " + folder.string() + ": " + code.message());
  return Ok{};
}

bool IsFolderArchiveV1(const fs::path& file) {
  return std::ifstream(file, std::ios::binary).peek() == '{';
}

Result<Json> UnpackFolderV1(const fs::path& file, const fs::path& folder) {
  std::ifstream in(file, std::ios::binary);
  std::string line;
  std::getline(in, line);
  const Result<Json> header = ParseJson(line);
  if (!header.ok() || !header->is_object() || header->value("version", Json()) != 1 ||
      !header->contains("state") || !header->contains("files"))
    return NotAFolderArchive(file);
  FARETTO_RETURN_IF_ERROR(MakeEmptyFolder(folder));
  for (const Json& entry : (*header)["files"])
    FARETTO_RETURN_IF_ERROR(UnpackEntry(entry, in, file, folder));
  if (in.peek() != EOF) return NotAFolderArchive(file);
  return (*header)["state"];
}

}  // namespace faretto
