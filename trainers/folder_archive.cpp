#include "trainers/folder_archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "trainers/folder_archive_v1.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

constexpr char kStateName[] = ".faretto-state.json";
constexpr std::int64_t kMaxStateBytes = 64 << 20;
constexpr std::size_t kMaxFiles = 100000;
constexpr std::size_t kChunk = 1 << 20;

struct CloseWriter {
  void operator()(archive* writer) const { archive_write_free(writer); }
};
struct CloseReader {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using Reader = std::unique_ptr<archive, CloseReader>;

// A file of the folder.
struct Entry {
  std::string path;  // relative, with slashes
  std::uint64_t size = 0;
  bool executable = false;
};

Result<Entry> MakeEntry(const fs::directory_entry& file, const fs::path& folder) {
  std::error_code code;
  const fs::file_status status = file.symlink_status(code);
  if (code || status.type() != fs::file_type::regular)
    return Failed("the checkpoint folder holds " + file.path().string() +
                  ", which is neither a file nor a folder; only those can be kept");
  Entry entry;
  entry.path = file.path().lexically_relative(folder).generic_string();
  if (!IsUtf8(entry.path))
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

class TarWriter {
 public:
  explicit TarWriter(const fs::path& file) : file_(file), writer_(archive_write_new()) {
    // Its names are bytes, whatever the locale, and its sizes unlimited.
    archive_write_set_format_gnutar(writer_.get());
    archive_write_set_bytes_in_last_block(writer_.get(), 1);
    good_ = archive_write_open_filename(writer_.get(), file.c_str()) == ARCHIVE_OK;
  }

  void Begin(const std::string& path, std::uint64_t size, bool executable) {
    const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), path.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), executable ? 0755 : 0644);
    good_ = good_ && archive_write_header(writer_.get(), entry.get()) == ARCHIVE_OK;
  }

  void Write(const char* data, std::size_t size) {
    good_ = good_ && archive_write_data(writer_.get(), data, size) == static_cast<la_ssize_t>(size);
  }

  Status AddFile(const Entry& entry, const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return Failed("cannot read " + path.string());
    Begin(entry.path, entry.size, entry.executable);
    std::vector<char> buffer(std::min<std::uint64_t>(entry.size, kChunk));
    for (std::uint64_t left = entry.size; good_ && left > 0;) {
      const auto part = std::min<std::uint64_t>(left, buffer.size());
      if (!in.read(buffer.data(), static_cast<std::streamsize>(part)))
        return Failed(path.string() +
                      " became shorter while it was copied; checkpoint files must be written under "
                      "another name and renamed");
      Write(buffer.data(), part);
      left -= part;
    }
    return Ok{};
  }

  Status Close() {
    good_ = archive_write_close(writer_.get()) == ARCHIVE_OK && good_;
    if (!good_) return Failed("cannot write " + file_.string() + "; is the disk full?");
    return Ok{};
  }

 private:
  fs::path file_;
  std::unique_ptr<archive, CloseWriter> writer_;
  bool good_ = true;
};

bool IsPlainFile(archive_entry* entry) {
  return archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr &&
         archive_entry_pathname(entry) != nullptr;
}

// The first entry.
Result<Json> ReadState(archive* reader, const fs::path& file) {
  archive_entry* entry = nullptr;
  if (archive_read_next_header(reader, &entry) != ARCHIVE_OK || !IsPlainFile(entry) ||
      archive_entry_pathname(entry) != std::string(kStateName) ||
      archive_entry_size(entry) > kMaxStateBytes)
    return NotAFolderArchive(file);
  std::string text(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
  if (archive_read_data(reader, text.data(), text.size()) != static_cast<la_ssize_t>(text.size()))
    return NotAFolderArchive(file);
  Result<Json> header = ParseJson(text);
  if (!header.ok() || !header->is_object() || header->value("version", Json()) != 2 ||
      !header->contains("state") || !header->value("files", Json()).is_number_unsigned())
    return NotAFolderArchive(file);
  return header;
}

Status UnpackEntry(archive* reader, archive_entry* entry, const fs::path& folder,
                   const fs::path& file) {
  if (!IsPlainFile(entry) || !StaysInFolder(archive_entry_pathname(entry)))
    return NotAFolderArchive(file);
  const fs::path path = folder / archive_entry_pathname(entry);
  std::error_code code;
  fs::create_directories(path.parent_path(), code);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!out) return Failed("cannot write " + path.string());
  std::vector<char> buffer(kChunk);
  while (true) {
    const la_ssize_t got = archive_read_data(reader, buffer.data(), buffer.size());
    if (got < 0) return NotAFolderArchive(file);
    if (got == 0) break;
    out.write(buffer.data(), got);
  }
  if (!out.flush()) return Failed("cannot write " + path.string() + "; is the disk full?");
  if ((archive_entry_perm(entry) & 0100) != 0)
    fs::permissions(path, fs::perms::owner_exec, fs::perm_options::add, code);
  return Ok{};
}

Result<Json> UnpackTar(const fs::path& file, const fs::path& folder) {
  const Reader reader(archive_read_new());
  archive_read_support_format_tar(reader.get());
  if (archive_read_open_filename(reader.get(), file.c_str(), kChunk) != ARCHIVE_OK)
    return NotAFolderArchive(file);
  FARETTO_ASSIGN_OR_RETURN(const Json header, ReadState(reader.get(), file));
  FARETTO_RETURN_IF_ERROR(MakeEmptyFolder(folder));
  std::uint64_t files = 0;
  archive_entry* entry = nullptr;
  int got = ARCHIVE_OK;
  while ((got = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    FARETTO_RETURN_IF_ERROR(UnpackEntry(reader.get(), entry, folder, file));
    ++files;
  }
  // Between two entries, an archive that was cut short looks like a whole one.
  if (got != ARCHIVE_EOF || files != header["files"].get<std::uint64_t>())
    return NotAFolderArchive(file);
  return header["state"];
}

}  // namespace

Status PackFolder(const fs::path& folder, const Json& state, const fs::path& file) {
  FARETTO_ASSIGN_OR_RETURN(const std::vector<Entry> entries, ListFiles(folder));
  const Json header = {{"version", 2}, {"state", state}, {"files", entries.size()}};
  const std::string text = DumpJson(header);
  TarWriter writer(file);
  writer.Begin(kStateName, text.size(), false);
  writer.Write(text.data(), text.size());
  for (const Entry& entry : entries)
    FARETTO_RETURN_IF_ERROR(writer.AddFile(entry, folder / entry.path));
  return writer.Close();
}

Result<Json> UnpackFolder(const fs::path& file, const fs::path& folder) {
  return IsFolderArchiveV1(file) ? UnpackFolderV1(file, folder) : UnpackTar(file, folder);
}

}  // namespace faretto
