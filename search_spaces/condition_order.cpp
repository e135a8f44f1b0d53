#include "search_spaces/condition_order.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <string>

#include "search_spaces/json_path.h"

namespace faretto {
namespace {

using Edges = std::vector<std::vector<std::size_t>>;

// Every parameter in `waiting` has a parent that waits as well; following parents must repeat.
Error DescribeCycle(const std::vector<Parameter>& parameters, const Edges& parents,
                    const std::vector<std::size_t>& waiting) {
  std::vector<std::size_t> path;
  std::size_t at = static_cast<std::size_t>(
      std::find_if(waiting.begin(), waiting.end(), [](std::size_t n) { return n > 0; }) -
      waiting.begin());
  while (std::find(path.begin(), path.end(), at) == path.end()) {
    path.push_back(at);
    at = *std::find_if(parents[at].begin(), parents[at].end(),
                       [&](std::size_t parent) { return waiting[parent] > 0; });
  }
  path.erase(path.begin(), std::find(path.begin(), path.end(), at));
  constexpr std::size_t kShown = 8;
  std::string cycle;
  for (std::size_t k = 0; k < path.size() && k < kShown; ++k)
    cycle += Shown(parameters[path[k]].name) + " -> ";
  if (path.size() > kShown) cycle += "... -> ";
  return ErrorAt("conditions", "a parameter cannot depend on itself, found the cycle " + cycle +
                                   Shown(parameters[at].name) + "; remove one of its conditions");
}

}  // namespace

Result<std::vector<std::size_t>> ParentsFirst(const std::vector<Parameter>& parameters,
                                              const std::vector<Condition>& conditions) {
  Edges parents(parameters.size());
  Edges children(parameters.size());
  std::vector<std::size_t> waiting(parameters.size(), 0);  // parents not placed yet
  for (const Condition& condition : conditions) {
    for (const auto& [parent, values] : condition.active_when) {
      parents[condition.parameter].push_back(parent);
      children[parent].push_back(condition.parameter);
      ++waiting[condition.parameter];
    }
  }
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    if (waiting[i] == 0) ready.push(i);
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    const std::size_t next = ready.top();
    ready.pop();
    order.push_back(next);
    for (std::size_t child : children[next])
      if (--waiting[child] == 0) ready.push(child);
  }
  if (order.size() < parameters.size()) return DescribeCycle(parameters, parents, waiting);
  return order;
}

}  // namespace faretto
