#include "trainers/heads/margin_head.h"

#include <array>

#include "base/names.h"
#include "trainers/heads/arcface.h"
#include "trainers/heads/cosface.h"
#include "trainers/heads/magface.h"

namespace faretto {
namespace {

template <class Head>
std::shared_ptr<MarginHead> Make(std::int64_t dim, std::int64_t classes, std::uint64_t seed) {
  return std::make_shared<Head>(dim, classes, seed);
}

struct Entry {
  const char* name;
  std::shared_ptr<MarginHead> (*make)(std::int64_t dim, std::int64_t classes, std::uint64_t seed);
};

constexpr std::array kHeads = {Entry{"CosFace", Make<CosFace>}, Entry{"ArcFace", Make<ArcFace>},
                               Entry{"MagFace", Make<MagFace>}};

}  // namespace

std::vector<std::string> HeadNames() {
  std::vector<std::string> names;
  for (const Entry& entry : kHeads) names.emplace_back(entry.name);
  return names;
}

Result<std::shared_ptr<MarginHead>> MakeHead(std::string_view name, std::int64_t dim,
                                             std::int64_t classes, std::uint64_t seed) {
  if (dim <= 0 || classes <= 0) return Invalid("a margin head needs a dimension and classes");
  for (const Entry& entry : kHeads) {
    if (name == entry.name) return entry.make(dim, classes, seed);
  }
  return Invalid("there is no head \"" + std::string(name) + "\"" + NameHint(name, HeadNames()));
}

}  // namespace faretto
