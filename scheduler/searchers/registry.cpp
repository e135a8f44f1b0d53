#include "scheduler/searchers/registry.h"

#include <array>

#include "scheduler/searchers/bo_searcher.h"
#include "scheduler/searchers/nsga2_searcher.h"
#include "scheduler/searchers/random_searcher.h"
#include "scheduler/searchers/tpe_searcher.h"

namespace faretto {
namespace {

struct Entry {
  std::string_view name;
  std::unique_ptr<Searcher> (*make)();
};

template <class T>
std::unique_ptr<Searcher> Make() {
  return std::make_unique<T>();
}

constexpr std::array kSearchers = {
    Entry{"random", &Make<RandomSearcher>},
    Entry{"nsga2", &Make<Nsga2Searcher>},
    Entry{"tpe", &Make<TpeSearcher>},
    Entry{"bo", &Make<BoSearcher>},
};

}  // namespace

std::vector<std::string> SearcherNames() {
  std::vector<std::string> names;
  for (const Entry& entry : kSearchers) names.emplace_back(entry.name);
  return names;
}

std::unique_ptr<Searcher> MakeSearcher(std::string_view name) {
  for (const Entry& entry : kSearchers)
    if (entry.name == name) return entry.make();
  return nullptr;
}

}  // namespace faretto
