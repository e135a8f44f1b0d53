#include "worker/sealed_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "base/hash.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

constexpr char kMagic[] = "FARETTOC";
constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kTrailerBytes = 8 + 4 + 8 + 32;
constexpr std::size_t kChunk = 1 << 20;

std::string LittleEndian(std::uint64_t number, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text.push_back(static_cast<char>(number >> (8 * i)));
  return text;
}

std::string Trailer(std::uint64_t length, const std::string& checksum) {
  return kMagic + LittleEndian(kVersion, 4) + LittleEndian(length, 8) + checksum;
}

// The checksum of the next `length` bytes, which are copied to `out` unless it is null. Nothing if
// the input ends before.
std::optional<std::string> HashAndCopy(std::istream& in, std::uint64_t length, std::ostream* out) {
  HashStream hash;
  std::vector<char> buffer(kChunk);
  while (length > 0) {
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(length, kChunk));
    if (!in.read(buffer.data(), static_cast<std::streamsize>(part))) return {};
    hash.Add({buffer.data(), part});
    if (out != nullptr) out->write(buffer.data(), static_cast<std::streamsize>(part));
    length -= part;
  }
  return hash.Hex();
}

Status AppendAndSync(const fs::path& file, const std::string& text) {
  const FileDescriptor fd(::open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  const bool written =
      fd.open() && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (!written || ::fsync(fd.get()) != 0)
    return Failed("cannot write " + file.string() + "; is the disk full?");
  return Ok{};
}

}  // namespace

Status SealFile(const fs::path& file) {
  std::error_code code;
  const std::uintmax_t length = fs::file_size(file, code);
  std::ifstream in(file, std::ios::binary);
  const auto checksum =
      code || !in ? std::optional<std::string>() : HashAndCopy(in, length, nullptr);
  if (!checksum) return Failed("cannot read " + file.string());
  return AppendAndSync(file, Trailer(length, *checksum));
}

Status UnsealFile(const fs::path& file, const fs::path& target) {
  std::error_code code;
  const std::uintmax_t size = fs::file_size(file, code);
  if (code) return Invalid("there is no checkpoint " + file.string());
  if (size < kTrailerBytes) return Invalid("the checkpoint " + file.string() + " is cut short");
  const std::uint64_t length = size - kTrailerBytes;
  std::ifstream in(file, std::ios::binary);
  std::ofstream out(target, std::ios::binary | std::ios::trunc);
  const std::optional<std::string> checksum = HashAndCopy(in, length, &out);
  std::string trailer(kTrailerBytes, '\0');
  if (!checksum || !in.read(trailer.data(), kTrailerBytes))
    return Invalid("the checkpoint " + file.string() + " cannot be read");
  if (trailer != Trailer(length, *checksum))
    return Invalid("the checkpoint " + file.string() + " is damaged or of another version");
  if (!out.flush()) return Failed("cannot write " + target.string() + "; is the disk full?");
  return Ok{};
}

}  // namespace faretto
