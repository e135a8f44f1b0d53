#include "objectives/fairness/npy.h"

#include <bit>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>

#include "base/files.h"

namespace faretto {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they stand");

constexpr std::string_view kMagic = "\x93NUMPY";

struct NpyHeader {
  std::string type;
  bool fortran_order = false;
  std::vector<std::size_t> shape;
};

// What stands behind `'key':` in the header, which is a Python dict literal that NumPy writes.
std::optional<std::string_view> HeaderValue(std::string_view header, std::string_view key) {
  for (const char quote : {'\'', '"'}) {
    const std::string quoted = quote + std::string(key) + quote;
    const std::size_t place = header.find(quoted);
    if (place == std::string_view::npos) continue;
    std::string_view rest = header.substr(place + quoted.size());
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == ':')) rest.remove_prefix(1);
    return rest;
  }
  return std::nullopt;
}

std::optional<std::vector<std::size_t>> ParseShape(std::string_view text) {
  const std::size_t close = text.find(')');
  if (text.empty() || text[0] != '(' || close == std::string_view::npos) return std::nullopt;
  text = text.substr(1, close - 1);
  std::vector<std::size_t> shape;
  while (true) {
    while (!text.empty() && (text[0] == ' ' || text[0] == ',')) text.remove_prefix(1);
    if (text.empty()) return shape;
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with('L')) text.remove_prefix(1);  // as Python 2 wrote it
    shape.push_back(size);
  }
}

std::optional<NpyHeader> ParseHeader(std::string_view text) {
  const auto type = HeaderValue(text, "descr");
  const auto order = HeaderValue(text, "fortran_order");
  const auto shape_text = HeaderValue(text, "shape");
  if (!type || !order || !shape_text) return std::nullopt;
  const auto shape = ParseShape(*shape_text);
  if (!shape) return std::nullopt;
  NpyHeader header;
  header.fortran_order = order->starts_with("True");
  header.shape = *shape;
  if (!type->empty() && ((*type)[0] == '\'' || (*type)[0] == '"'))
    header.type = type->substr(1, type->substr(1).find((*type)[0]));
  return header;
}

double FromHalf(std::uint16_t bits) {
  const int exponent = bits >> 10 & 0x1f;
  const int fraction = bits & 0x3ff;
  double value = std::ldexp(fraction, -24);
  if (exponent == 31) value = fraction ? std::nan("") : HUGE_VAL;
  if (exponent > 0 && exponent < 31) value = std::ldexp(fraction + 1024, exponent - 25);
  return bits >> 15 ? -value : value;
}

template <class Stored, class Convert>
void Copy(std::string_view data, bool fortran_order, NpyMatrix& matrix, Convert convert) {
  matrix.values.resize(matrix.rows * matrix.columns);
  for (std::size_t i = 0; i < matrix.values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, data.data() + i * sizeof stored, sizeof stored);
    const std::size_t place =
        fortran_order ? (i % matrix.rows) * matrix.columns + i / matrix.rows : i;
    matrix.values[place] = convert(stored);
  }
}

Result<NpyMatrix> ParseData(const NpyHeader& header, std::string_view data) {
  const std::string advice = "; save it with numpy.save(path, array.astype('float32'))";
  std::size_t bytes = 0;
  if (header.type == "<f2") bytes = 2;
  if (header.type == "<f4") bytes = 4;
  if (header.type == "<f8") bytes = 8;
  if (bytes == 0)
    return Invalid("the array's type is " +
                   (header.type.empty() ? "a record" : '"' + header.type + '"') +
                   ", allowed are little-endian float16, float32 and float64" + advice);
  if (header.shape.size() != 2)
    return Invalid("the array has " + std::to_string(header.shape.size()) +
                   " dimensions instead of two (images, numbers of an embedding)");
  NpyMatrix matrix{header.shape[0], header.shape[1], {}};
  const std::size_t available = data.size() / bytes;
  const bool fits = matrix.columns == 0 || matrix.rows <= available / matrix.columns;
  if (!fits || matrix.rows * matrix.columns * bytes != data.size())
    return Invalid("the header promises " + std::to_string(matrix.rows) + " x " +
                   std::to_string(matrix.columns) + " numbers of " + std::to_string(bytes) +
                   " bytes, but " + std::to_string(data.size()) +
                   " bytes follow; the file is cut off or damaged");
  const auto same = [](auto value) { return static_cast<double>(value); };
  if (bytes == 2) Copy<std::uint16_t>(data, header.fortran_order, matrix, FromHalf);
  if (bytes == 4) Copy<float>(data, header.fortran_order, matrix, same);
  if (bytes == 8) Copy<double>(data, header.fortran_order, matrix, same);
  return matrix;
}

}  // namespace

Result<NpyMatrix> ParseNpy(std::string_view content) {
  if (!content.starts_with(kMagic) || content.size() < 12)
    return Invalid("this is not a NumPy array file (.npy)");
  const int version = static_cast<unsigned char>(content[6]);
  if (version < 1 || version > 3)
    return Invalid("the .npy format version is " + std::to_string(version) +
                   ", allowed are 1 to 3");
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i)
    length |= static_cast<std::size_t>(static_cast<unsigned char>(content[8 + i])) << (8 * i);
  const std::size_t begin = 8 + length_bytes;
  if (length > content.size() - begin)
    return Invalid("the .npy header is cut off; the file is damaged");
  const std::optional<NpyHeader> header = ParseHeader(content.substr(begin, length));
  if (!header) return Invalid("the .npy header cannot be read; the file is damaged");
  return ParseData(*header, content.substr(begin + length));
}

Result<NpyMatrix> ReadNpy(const std::filesystem::path& path) {
  FARETTO_ASSIGN_OR_RETURN(const std::string content, ReadFile(path));
  Result<NpyMatrix> matrix = ParseNpy(content);
  if (!matrix.ok()) return matrix.error().In(path.string());
  return matrix;
}

}  // namespace faretto
