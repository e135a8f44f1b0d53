#include "study/rungs.h"

#include <algorithm>
#include <cmath>

namespace faretto {
namespace {

// Relative. Quotients such as 6.6 / 2.2 miss their integer by a rounding error.
constexpr double kSlack = 1e-12;

std::int64_t Truncated(double resource) {
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(resource * (1 + kSlack)));
}

// 1, eta, eta^2, ... as long as min_resource * eta^k does not exceed max_resource.
std::vector<double> Powers(const AlgorithmSpec& algorithm) {
  std::vector<double> powers = {1};
  const double eta = std::max(2.0, algorithm.reduction_factor);
  if (algorithm.min_resource <= 0) return powers;
  for (;;) {
    const double next = powers.back() * eta;
    if (!(algorithm.min_resource * next <= algorithm.max_resource * (1 + kSlack))) return powers;
    powers.push_back(next);
  }
}

HyperbandBracket MakeBracket(const AlgorithmSpec& algorithm, const std::vector<double>& powers,
                             std::size_t s) {
  const double brackets = static_cast<double>(powers.size());
  const double first = std::ceil(powers[s] * brackets / static_cast<double>(s + 1) * (1 - kSlack));
  HyperbandBracket bracket;
  for (std::size_t i = 0; i <= s; ++i) {
    const std::int64_t resource = Truncated(algorithm.max_resource / powers[s - i]);
    // Stages that fall together compare the same trials at the same place: the first one stays.
    if (!bracket.resources.empty() && bracket.resources.back() == resource) continue;
    bracket.resources.push_back(resource);
    bracket.configurations.push_back(
        static_cast<std::int64_t>(std::floor(first / powers[i] * (1 + kSlack))));
  }
  return bracket;
}

}  // namespace

std::vector<std::int64_t> AshaRungs(const AlgorithmSpec& algorithm) {
  std::vector<std::int64_t> rungs;
  for (const double power : Powers(algorithm))
    rungs.push_back(Truncated(algorithm.max_resource / power));
  std::reverse(rungs.begin(), rungs.end());
  rungs.erase(std::unique(rungs.begin(), rungs.end()), rungs.end());
  return rungs;
}

std::vector<HyperbandBracket> HyperbandBrackets(const AlgorithmSpec& algorithm) {
  const std::vector<double> powers = Powers(algorithm);
  std::vector<HyperbandBracket> brackets;
  for (std::size_t s = powers.size(); s > 0; --s)
    brackets.push_back(MakeBracket(algorithm, powers, s - 1));
  return brackets;
}

std::vector<std::int64_t> ComparisonRungs(const AlgorithmSpec& algorithm) {
  if (algorithm.fidelity == "asha") return AshaRungs(algorithm);
  // The deepest bracket visits every resource that the others do.
  if (algorithm.fidelity == "hyperband") return HyperbandBrackets(algorithm).front().resources;
  return {Truncated(algorithm.max_resource)};
}

std::int64_t FirstResource(const AlgorithmSpec& algorithm) {
  return algorithm.fidelity == "asha" ? AshaRungs(algorithm).front()
                                      : Truncated(algorithm.max_resource);
}

}  // namespace faretto
