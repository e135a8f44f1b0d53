#include "objectives/fairness/evaluate.h"

#include <unordered_map>
#include <vector>

#include "base/csv.h"
#include "objectives/fairness/npy.h"

namespace faretto {
namespace {

struct Labels {
  std::vector<std::int32_t> identities;
  std::vector<std::string> groups;  // empty text: in no group
};

Result<Labels> ReadIdentitiesAndGroups(const std::filesystem::path& path,
                                       const std::string& group) {
  FARETTO_ASSIGN_OR_RETURN(const CsvTable table, ReadCsv(path));
  const Result<std::vector<std::string>> names = table.Column("identity");
  if (!names.ok()) return names.error().In(path.string());
  Labels labels;
  labels.groups.resize(table.rows.size());
  if (!group.empty()) {
    Result<std::vector<std::string>> groups = table.Column(group);
    if (!groups.ok()) return groups.error().In(path.string());
    labels.groups = *std::move(groups);
  }
  std::unordered_map<std::string, std::int32_t> numbers;
  for (std::size_t i = 0; i < names->size(); ++i) {
    if ((*names)[i].empty())
      return Invalid(path.string() + ": line " + std::to_string(table.lines[i]) +
                     ": the identity is empty; every image needs one");
    const auto next = static_cast<std::int32_t>(numbers.size());
    labels.identities.push_back(numbers.try_emplace((*names)[i], next).first->second);
  }
  if (numbers.size() == 1)
    return Invalid(path.string() + ": all images have the identity \"" + (*names)[0] +
                   "\"; identification needs at least two identities");
  return labels;
}

}  // namespace

Result<Fairness> EvaluateEmbeddings(const std::filesystem::path& embeddings,
                                    const std::filesystem::path& labels,
                                    const EvaluateOptions& options) {
  FARETTO_ASSIGN_OR_RETURN(const NpyMatrix matrix, ReadNpy(embeddings));
  FARETTO_ASSIGN_OR_RETURN(const Labels known, ReadIdentitiesAndGroups(labels, options.group));
  if (matrix.rows != known.identities.size())
    return Invalid(embeddings.string() + " has " + std::to_string(matrix.rows) + " rows, but " +
                   labels.string() + " has " + std::to_string(known.identities.size()) +
                   "; row i of one must belong to row i of the other");
  if (matrix.rows == 0 || matrix.columns == 0)
    return Invalid(embeddings.string() + ": the array is empty; there is nothing to evaluate");
  RankingOptions ranking;
  ranking.threads = options.threads;
  const Result<ImageRanks> ranks =
      RankImages(std::span<const double>(matrix.values), matrix.columns, known.identities, ranking);
  if (!ranks.ok()) return ranks.error().In(embeddings.string());
  return ComputeFairness(*ranks, known.identities, known.groups, options.seed);
}

}  // namespace faretto
