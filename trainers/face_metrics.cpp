#include "trainers/face_metrics.h"

#include <map>
#include <string>
#include <vector>

#include "objectives/fairness/fairness.h"
#include "objectives/fairness/ranking.h"

namespace faretto {

Result<Metrics> FaceMetrics(const torch::Tensor& embeddings, const ImageSet& images,
                            std::uint64_t seed) {
  std::map<std::string, std::int32_t> numbers;
  std::vector<std::int32_t> identities;
  std::vector<std::string> groups;
  for (const ImageSet::Item& item : images.items()) {
    const auto next = static_cast<std::int32_t>(numbers.size());
    identities.push_back(numbers.emplace(item.identity, next).first->second);
    groups.push_back(item.group);
  }
  RankingOptions options;
  options.threads = at::get_num_threads();
  const std::span<const float> rows(embeddings.data_ptr<float>(), embeddings.numel());
  FARETTO_ASSIGN_OR_RETURN(const ImageRanks ranks,
                           RankImages(rows, embeddings.size(1), identities, options));
  FARETTO_ASSIGN_OR_RETURN(const Fairness fairness,
                           ComputeFairness(ranks, identities, groups, seed));
  return ToMetrics(fairness);
}

}  // namespace faretto
