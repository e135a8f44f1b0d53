#include "trainers/data/image_list.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/csv.h"
#include "base/field_reader.h"
#include "base/names.h"

namespace faretto {
namespace {

const std::vector<std::string>& SplitWords() {
  static const std::vector<std::string> words = {"train", "validation", "test"};
  return words;
}

class ImageList final : public DataSet {
 public:
  static Result<std::unique_ptr<DataSet>> Read(const std::filesystem::path& csv,
                                               const std::string& group,
                                               std::uint64_t memory_bytes);

  const std::vector<std::string>& train_identities() const override { return train_identities_; }
  Result<ImageSet> Open(const std::string& split, const ImageFormat& format) const override;

 private:
  struct Columns {
    std::size_t path, identity, split;
    std::optional<std::size_t> group;
  };

  static Result<Columns> FindColumns(const CsvTable& table, const std::string& file,
                                     const std::string& group);
  Status AddRow(const CsvTable& table, std::size_t row, const Columns& columns);
  Status CheckRankable(const std::string& split) const;
  std::string In(const std::string& split) const {
    return "the split \"" + split + "\" of " + csv_.string();
  }

  std::filesystem::path csv_;
  std::string group_;
  std::uint64_t memory_bytes_ = 0;
  std::map<std::string, std::vector<ImageSet::Item>> splits_;
  std::map<std::string, std::string> place_of_path_;
  std::vector<std::string> train_identities_;
};

Result<ImageList::Columns> ImageList::FindColumns(const CsvTable& table, const std::string& file,
                                                  const std::string& group) {
  std::size_t required[3];
  const char* const names[3] = {"path", "identity", "split"};
  for (int i = 0; i < 3; ++i) {
    const Result<std::size_t> column = table.IndexOf(names[i]);
    if (!column.ok()) {
      return Invalid(file + " line 1: the column \"" + names[i] + "\" is missing" +
                     NameHint(names[i], table.columns));
    }
    required[i] = *column;
  }
  Columns columns{required[0], required[1], required[2], std::nullopt};
  if (group.empty()) return columns;
  std::vector<std::string> attributes;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (std::find(required, required + 3, i) == required + 3)
      attributes.push_back(table.columns[i]);
  }
  if (std::find(attributes.begin(), attributes.end(), group) == attributes.end()) {
    return Invalid("trainer.group: " + file + " has no attribute column \"" + group + "\"" +
                   NameHint(group, attributes));
  }
  FARETTO_ASSIGN_OR_RETURN(columns.group, table.IndexOf(group));
  return columns;
}

Status ImageList::AddRow(const CsvTable& table, std::size_t row, const Columns& columns) {
  const std::vector<std::string>& fields = table.rows[row];
  const std::string place = csv_.string() + " line " + std::to_string(table.lines[row]);
  const std::string& split = fields[columns.split];
  if (fields[columns.path].empty()) return Invalid(place + ": the path is empty");
  if (fields[columns.identity].empty()) return Invalid(place + ": the identity is empty");
  const std::vector<std::string>& words = SplitWords();
  if (std::find(words.begin(), words.end(), split) == words.end()) {
    return Invalid(place + ": the split \"" + split +
                   "\" is unknown; it must be train, validation or test");
  }
  const std::filesystem::path path = csv_.parent_path() / fields[columns.path];
  const auto [other, is_new] = place_of_path_.emplace(path.lexically_normal().string(), place);
  if (!is_new) {
    return Invalid(place + ": the image " + fields[columns.path] + " stands already in " +
                   other->second + "; name each image once");
  }
  splits_[split].push_back(
      {path, fields[columns.identity], columns.group ? fields[*columns.group] : "", place});
  return Ok{};
}

Result<std::unique_ptr<DataSet>> ImageList::Read(const std::filesystem::path& csv,
                                                 const std::string& group,
                                                 std::uint64_t memory_bytes) {
  auto list = std::make_unique<ImageList>();
  list->csv_ = csv;
  list->group_ = group;
  list->memory_bytes_ = memory_bytes;
  FARETTO_ASSIGN_OR_RETURN(const CsvTable table, ReadCsv(csv));
  FARETTO_ASSIGN_OR_RETURN(const Columns columns, FindColumns(table, csv.string(), group));
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    FARETTO_RETURN_IF_ERROR(list->AddRow(table, row, columns));
  }
  std::set<std::string> identities;
  for (const ImageSet::Item& item : list->splits_["train"]) identities.insert(item.identity);
  list->train_identities_.assign(identities.begin(), identities.end());
  return std::unique_ptr<DataSet>(std::move(list));
}

Status ImageList::CheckRankable(const std::string& split) const {
  std::map<std::string, int> images;
  std::set<std::string> labels;
  for (const ImageSet::Item& item : splits_.at(split)) {
    ++images[item.identity];
    if (!item.group.empty()) labels.insert(item.group);
  }
  if (images.size() < 2) {
    return Invalid(In(split) + " has one identity only (\"" + images.begin()->first +
                   "\"); at least two are needed");
  }
  if (split == "train") return Ok{};
  if (std::none_of(images.begin(), images.end(), [](const auto& i) { return i.second > 1; })) {
    return Invalid(In(split) + " has no identity with two images, so that nothing can be ranked");
  }
  if (!group_.empty() && labels.size() < 2) {
    return Invalid(In(split) + " has " + std::to_string(labels.size()) +
                   " group(s) in the column \"" + group_ + "\"; a disparity needs at least two");
  }
  return Ok{};
}

Result<ImageSet> ImageList::Open(const std::string& split, const ImageFormat& format) const {
  const std::vector<std::string>& words = SplitWords();
  if (std::find(words.begin(), words.end(), split) == words.end()) {
    return Invalid("the split \"" + split + "\" is unknown" + NameHint(split, words));
  }
  const auto found = splits_.find(split);
  if (found == splits_.end() || found->second.empty()) {
    return Invalid(In(split) + " has no image; mark some rows as " + split);
  }
  FARETTO_RETURN_IF_ERROR(CheckRankable(split));
  return ImageSet::Open(found->second, format, memory_bytes_);
}

}  // namespace

Result<std::unique_ptr<DataSet>> MakeImageList(const Json& dataset, const std::string& group) {
  std::string type, csv;
  std::int64_t memory_mb = 4096;
  FieldReader fields(dataset, "trainer.dataset");
  fields.Text("type", type);
  fields.Require("csv");
  fields.Text("csv", csv);
  fields.Integer("memory_mb", memory_mb, 0);
  if (memory_mb > 1'000'000'000) fields.Problem("memory_mb", "must be at most 1000000000");
  FARETTO_RETURN_IF_ERROR(fields.Finish());
  return ImageList::Read(csv, group, static_cast<std::uint64_t>(memory_mb) << 20);
}

}  // namespace faretto
