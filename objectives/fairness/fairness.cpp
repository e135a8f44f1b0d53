#include "objectives/fairness/fairness.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "objectives/fairness/bootstrap.h"
#include "objectives/fairness/group_sums.h"

namespace faretto {
namespace {

struct Sums {
  RankSums total;
  std::size_t unranked = 0;
  std::vector<std::string> labels;       // sorted
  std::vector<RankSums> groups;          // by label
  std::vector<IdentitySums> identities;  // with ranked images, in the order they appear
};

void Add(IdentitySums& identity, std::optional<std::size_t> group, const RankSums& image) {
  identity.total += image;
  if (!group) return;
  for (auto& [known, sums] : identity.groups)
    if (known == *group) {
      sums += image;
      return;
    }
  identity.groups.emplace_back(*group, image);
}

Sums SumUp(const ImageRanks& ranks, std::span<const std::int32_t> identities,
           std::span<const std::string> groups) {
  Sums sums;
  std::map<std::string, std::size_t> group_of;
  for (const std::string& label : groups)
    if (!label.empty()) group_of.emplace(label, 0);
  for (auto& [label, index] : group_of) {
    index = sums.labels.size();
    sums.labels.push_back(label);
  }
  sums.groups.resize(sums.labels.size());
  std::unordered_map<std::int32_t, std::size_t> identity_of;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    if (!ranks[i]) {
      ++sums.unranked;
      continue;
    }
    const RankSums image{1, ranks[i]->by_identity == 0 ? 1 : 0, ranks[i]->by_identity};
    std::optional<std::size_t> group;
    if (!groups[i].empty()) group = group_of.at(groups[i]);
    const auto [place, added] = identity_of.try_emplace(identities[i], sums.identities.size());
    if (added) sums.identities.emplace_back();
    Add(sums.identities[place->second], group, image);
    sums.total += image;
    if (group) sums.groups[*group] += image;
  }
  return sums;
}

// The pair of groups with the largest absolute value, and that value; nothing if a pair has none.
struct Worst {
  std::size_t a = 0;
  std::size_t b = 0;
  double value = -1;
};

std::optional<Worst> WorstPair(PairMeasure measure, const std::vector<RankSums>& groups) {
  Worst worst;
  for (std::size_t a = 0; a < groups.size(); ++a) {
    if (groups[a].n == 0) continue;
    for (std::size_t b = a + 1; b < groups.size(); ++b) {
      if (groups[b].n == 0) continue;
      const std::optional<double> value = SignedMeasure(measure, groups[a], groups[b]);
      if (!value) return std::nullopt;
      if (std::abs(*value) > worst.value) worst = {a, b, std::abs(*value)};
    }
  }
  if (worst.value < 0) return std::nullopt;
  return worst;
}

std::ptrdiff_t IdentitiesIn(const Sums& sums, std::size_t group) {
  return std::count_if(
      sums.identities.begin(), sums.identities.end(), [&](const IdentitySums& identity) {
        return std::any_of(identity.groups.begin(), identity.groups.end(),
                           [&](const auto& entry) { return entry.first == group; });
      });
}

Measure MeasurePair(PairMeasure measure, const Sums& sums, std::span<const Resample> resamples) {
  Measure result;
  const std::optional<Worst> worst = WorstPair(measure, sums.groups);
  if (!worst || sums.total.correct == 0) return result;
  result.value = worst->value;
  result.groups = {sums.labels[worst->a], sums.labels[worst->b]};
  // The resamples that miss a group's only identity would leave an interval without that group's
  // uncertainty.
  if (IdentitiesIn(sums, worst->a) < 2 || IdentitiesIn(sums, worst->b) < 2) return result;
  const std::optional<Interval> interval =
      PercentileInterval(resamples, [&](const Resample& resample) {
        return SignedMeasure(measure, resample.groups[worst->a], resample.groups[worst->b]);
      });
  if (interval) result.ci95 = AbsoluteInterval(*interval);
  return result;
}

Json OrNull(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

}  // namespace

std::array<std::pair<const char*, Measure Fairness::*>, 6> FairnessMeasures() {
  return {{{"error", &Fairness::error},
           {"disparity", &Fairness::disparity},
           {"rank_disparity", &Fairness::rank_disparity},
           {"ratio", &Fairness::ratio},
           {"rank_ratio", &Fairness::rank_ratio},
           {"error_ratio", &Fairness::error_ratio}}};
}

Result<Fairness> ComputeFairness(const ImageRanks& ranks, std::span<const std::int32_t> identities,
                                 std::span<const std::string> groups, std::uint64_t seed) {
  if (ranks.size() != identities.size() || ranks.size() != groups.size())
    return Invalid("there are " + std::to_string(ranks.size()) + " ranks, " +
                   std::to_string(identities.size()) + " identities and " +
                   std::to_string(groups.size()) + " group labels; each image needs one of each");
  const Sums sums = SumUp(ranks, identities, groups);
  std::vector<Resample> resamples;
  if (sums.identities.size() >= 2)
    resamples = DrawResamples(sums.identities, sums.labels.size(), seed);
  Fairness fairness;
  fairness.n = static_cast<std::size_t>(sums.total.n);
  fairness.unranked = sums.unranked;
  fairness.error.value = ErrorOf(sums.total);
  fairness.error.ci95 =
      PercentileInterval(resamples, [](const Resample& r) { return ErrorOf(r.total); });
  fairness.disparity = MeasurePair(PairMeasure::kDisparity, sums, resamples);
  fairness.rank_disparity = MeasurePair(PairMeasure::kRankDisparity, sums, resamples);
  fairness.ratio = MeasurePair(PairMeasure::kRatio, sums, resamples);
  fairness.rank_ratio = MeasurePair(PairMeasure::kRankRatio, sums, resamples);
  fairness.error_ratio = MeasurePair(PairMeasure::kErrorRatio, sums, resamples);
  for (std::size_t g = 0; g < sums.labels.size(); ++g)
    fairness.groups[sums.labels[g]] = {static_cast<std::size_t>(sums.groups[g].n),
                                       ErrorOf(sums.groups[g]), MeanRankOf(sums.groups[g])};
  return fairness;
}

Json ToJson(const Fairness& fairness) {
  Json json = {{"n", fairness.n}, {"unranked", fairness.unranked}};
  Json intervals = Json::object();
  Json pairs = Json::object();
  for (const auto& [name, member] : FairnessMeasures()) {
    const Measure& measure = fairness.*member;
    json[name] = OrNull(measure.value);
    intervals[name] = nullptr;
    if (measure.ci95) intervals[name] = Json::array({measure.ci95->low, measure.ci95->high});
    if (measure.value && member != &Fairness::error)
      pairs[name] = Json::array({measure.groups.first, measure.groups.second});
  }
  json["ci95"] = std::move(intervals);
  json["groups"] = Json::object();
  for (const auto& [label, group] : fairness.groups)
    json["groups"][label] = {
        {"n", group.n}, {"error", OrNull(group.error)}, {"mean_rank", OrNull(group.mean_rank)}};
  if (fairness.groups.size() > 2) json["pairs"] = std::move(pairs);
  return json;
}

Metrics ToMetrics(const Fairness& fairness) {
  Metrics metrics;
  const auto put = [&metrics](const std::string& name, const std::optional<double>& value) {
    if (value && std::isfinite(*value)) metrics[name] = *value;
  };
  for (const auto& [label, group] : fairness.groups) {
    put("error_" + label, group.error);
    put("mean_rank_" + label, group.mean_rank);
    put("n_" + label, static_cast<double>(group.n));
  }
  if (const std::optional<Interval>& interval = fairness.rank_disparity.ci95) {
    put("rank_disparity_low", interval->low);
    put("rank_disparity_high", interval->high);
  }
  // Last, so that no group label can take the place of a measure (group "ratio": error_ratio).
  for (const auto& [name, member] : FairnessMeasures()) {
    metrics.erase(name);
    put(name, (fairness.*member).value);
  }
  return metrics;
}

}  // namespace faretto
