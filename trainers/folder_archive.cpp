#include "trainers/folder_archive.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace faretto {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxFiles = 100000;
constexpr std::size_t kChunk = 1 << 20;

struct Entry {
  std::string path;  // relative, with slashes
  std::uint64_t size = 0;
  bool executable = false;
};

bool CopyBytes(std::istream& in, std::ostream& out, std::uint64_t count) {
  std::vector<char> buffer(std::min<std::uint64_t>(count, kChunk));
  while (count > 0) {
    const auto part = static_cast<std::streamsize>(std::min<std::uint64_t>(count, buffer.size()));
    if (!in.read(buffer.data(), part) || !out.write(buffer.data(), part)) return false;
    count -= static_cast<std::uint64_t>(part);
  }
  return true;
}

Result<Entry> MakeEntry(const fs::directory_entry& file, const fs::path& folder) {
  std::error_code code;
  const fs::file_status status = file.symlink_status(code);
  if (code || status.type() != fs::file_type::regular)
    return Failed("the checkpoint folder holds " + file.path().string() +
                  ", which is neither a file nor a folder; only those can be kept");
  Entry entry;
  entry.path = file.path().lexically_relative(folder).generic_string();
  if (Result<Json> name = ParseJson(DumpJson(entry.path)); !name.ok() || *name != entry.path)
    return Failed("a file in the checkpoint folder " + folder.string() +
                  " has a name that is not UTF-8");
  entry.size = file.file_size(code);
  if (code) return Failed("cannot read " + file.path().string() + ": " + code.message());
  entry.executable = (status.permissions() & fs::perms::owner_exec) != fs::perms::none;
  return entry;
}

Result<std::vector<Entry>> ListFiles(const fs::path& folder) {
  std::vector<Entry> entries;
  std::error_code code;
  fs::recursive_directory_iterator at(folder, code), end;
  for (; !code && at != end; at.increment(code)) {
    if (at->symlink_status(code).type() == fs::file_type::directory) continue;
    FARETTO_ASSIGN_OR_RETURN(Entry entry, MakeEntry(*at, folder));
    entries.push_back(std::move(entry));
    if (entries.size() > kMaxFiles)
      return Failed("the checkpoint folder " + folder.string() + " holds more than " +
                    std::to_string(kMaxFiles) + " files");
  }
  if (code) return Failed("cannot read the folder " + folder.string() + ": " + code.message());
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.path < b.path; });
  return entries;
}

Json Header(const std::vector<Entry>& entries, const Json& state) {
  Json files = Json::array();
  for (const Entry& entry : entries)
    files.push_back({{"path", entry.path}, {"size", entry.size}, {"executable", entry.executable}});
  return {{"version", 1}, {"state", state}, {"files", std::move(files)}};
}

Error NotAnArchive(const fs::path& file) {
  return Invalid(file.string() + " is not a checkpoint of a command trainer, or is damaged");
}

// A path that stays below the folder it is put in.
bool IsInside(const std::string& text) {
  const fs::path path(text);
  if (text.empty() || path.is_absolute() || text.find('\0') != std::string::npos) return false;
  return std::none_of(path.begin(), path.end(),
                      [](const fs::path& part) { return part == ".." || part.empty(); });
}

Result<std::vector<Entry>> ParseEntries(const Json& header, const fs::path& file) {
  if (!header.is_object() || header.value("version", Json()) != 1 || !header.contains("state") ||
      !header.contains("files") || !header["files"].is_array() ||
      header["files"].size() > kMaxFiles)
    return NotAnArchive(file);
  std::vector<Entry> entries;
  for (const Json& json : header["files"]) {
    if (!json.is_object() || !json.contains("path") || !json["path"].is_string() ||
        !json.contains("size") || !json["size"].is_number_unsigned() ||
        !json.contains("executable") || !json["executable"].is_boolean() ||
        !IsInside(json["path"].get<std::string>()))
      return NotAnArchive(file);
    entries.push_back({json["path"], json["size"], json["executable"]});
  }
  return entries;
}

Status UnpackEntry(std::istream& in, const Entry& entry, const fs::path& folder,
                   const fs::path& archive) {
  const fs::path path = folder / entry.path;
  std::error_code code;
  fs::create_directories(path.parent_path(), code);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!out) return Failed("cannot write " + path.string());
  if (!CopyBytes(in, out, entry.size) || !out.flush()) {
    if (in.eof()) return NotAnArchive(archive);
    return Failed("cannot write " + path.string() + "; is the disk full?");
  }
  if (entry.executable) fs::permissions(path, fs::perms::owner_exec, fs::perm_options::add, code);
  return Ok{};
}

}  // namespace

Status PackFolder(const fs::path& folder, const Json& state, const fs::path& file) {
  FARETTO_ASSIGN_OR_RETURN(const std::vector<Entry> entries, ListFiles(folder));
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << DumpJson(Header(entries, state)) << '\n';
  for (const Entry& entry : entries) {
    std::ifstream in(folder / entry.path, std::ios::binary);
    if (!in) return Failed("cannot read " + (folder / entry.path).string());
    if (out && !CopyBytes(in, out, entry.size) && !in)
      return Failed((folder / entry.path).string() +
                    " became shorter while it was copied; checkpoint files must be written under "
                    "another name and renamed");
  }
  if (!out.flush()) return Failed("cannot write " + file.string() + "; is the disk full?");
  return Ok{};
}

Result<Json> UnpackFolder(const fs::path& file, const fs::path& folder) {
  std::ifstream in(file, std::ios::binary);
  std::string line;
  if (!in || !std::getline(in, line)) return NotAnArchive(file);
  const Result<Json> header = ParseJson(line);
  if (!header.ok()) return NotAnArchive(file);
  FARETTO_ASSIGN_OR_RETURN(const std::vector<Entry> entries, ParseEntries(*header, file));
  std::error_code code;
  fs::remove_all(folder, code);
  fs::create_directories(folder, code);
  if (code) return Failed("cannot make the folder " + folder.string() + ": " + code.message());
  for (const Entry& entry : entries) FARETTO_RETURN_IF_ERROR(UnpackEntry(in, entry, folder, file));
  if (in.peek() != EOF) return NotAnArchive(file);
  return (*header)["state"];
}

}  // namespace faretto
