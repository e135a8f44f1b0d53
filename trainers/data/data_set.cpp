#include "trainers/data/data_set.h"

#include <cstring>

#include "base/names.h"
#include "trainers/data/image_list.h"

namespace faretto {
namespace {

using Maker = Result<std::unique_ptr<DataSet>> (*)(const Json&, const std::string&);
struct DataSetType {
  const char* name;
  Maker make;
};

// The only list of data set types.
constexpr DataSetType kTypes[] = {
    {"image_list", MakeImageList},
};

}  // namespace

Result<std::unique_ptr<DataSet>> MakeDataSet(const Json& dataset, const std::string& group) {
  std::vector<std::string> known;
  for (const DataSetType& type : kTypes) known.emplace_back(type.name);
  if (!dataset.is_object() || !dataset.contains("type") || !dataset["type"].is_string()) {
    return Invalid("trainer.dataset needs a \"type\"" + NameHint("", known));
  }
  const std::string name = dataset["type"];
  for (const DataSetType& type : kTypes) {
    if (name == type.name) return type.make(dataset, group);
  }
  return Invalid("trainer.dataset.type \"" + name + "\" is unknown" + NameHint(name, known));
}

Result<ImageSet> ImageSet::Open(std::vector<Item> items, const ImageFormat& format,
                                std::uint64_t memory_bytes) {
  ImageSet set;
  if (items.empty()) return Invalid("a split without images cannot be opened");
  Result<Image> first = ReadImage(items[0].path, format);
  if (!first.ok()) return first.error().In(items[0].place);
  set.items_ = std::move(items);
  set.channels_ = first->channels;
  set.height_ = first->height;
  set.width_ = first->width;
  const std::size_t bytes = set.image_bytes();
  const bool in_memory = bytes * set.size() <= memory_bytes;
  std::vector<std::uint8_t> pixels(in_memory ? bytes * set.size() : 0);
  for (std::size_t i = 0; i < set.size(); ++i) {
    const Item& item = set.items_[i];
    if (in_memory) {
      std::vector<std::uint8_t> scratch;
      FARETTO_ASSIGN_OR_RETURN(const std::uint8_t* image, set.Pixels(i, scratch));
      std::memcpy(pixels.data() + i * bytes, image, bytes);
    } else if (std::error_code error; !std::filesystem::is_regular_file(item.path, error)) {
      return Invalid(item.place + ": the image " + item.path.string() + " does not exist");
    }
  }
  set.pixels_ = std::move(pixels);
  return set;
}

Result<const std::uint8_t*> ImageSet::Pixels(std::size_t image,
                                             std::vector<std::uint8_t>& scratch) const {
  if (!pixels_.empty()) return pixels_.data() + image * image_bytes();
  Result<Image> decoded = ReadImage(items_[image].path, channels_, height_, width_);
  if (!decoded.ok()) return decoded.error().In(items_[image].place);
  scratch = std::move(decoded->pixels);
  return static_cast<const std::uint8_t*>(scratch.data());
}

}  // namespace faretto
