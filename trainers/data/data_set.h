// Labelled images in splits, as the face trainers use them. A new data set type is one file pair
// and one line in data_set.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "trainers/data/image_file.h"

namespace faretto {

// One opened split. Pixels are kept as bytes in memory, or decoded at each use when they would need
// too much of it. Thread-safe for reading.
class ImageSet {
 public:
  struct Item {
    std::filesystem::path path;
    std::string identity;
    std::string group;  // the label of the group attribute; empty: in no group
    std::string place;  // where it is listed, for messages: "orl.csv line 7"
  };

  // Reads every image (or, beyond `memory_bytes`, the first one, and checks that the others exist).
  // kInvalid with the item's place.
  static Result<ImageSet> Open(std::vector<Item> items, const ImageFormat& format,
                               std::uint64_t memory_bytes);

  std::size_t size() const { return items_.size(); }
  const std::vector<Item>& items() const { return items_; }
  int channels() const { return channels_; }
  int height() const { return height_; }
  int width() const { return width_; }
  std::size_t image_bytes() const { return std::size_t{1} * channels_ * height_ * width_; }

  // [channels, height, width] of one image, valid until `scratch` changes or the set goes.
  Result<const std::uint8_t*> Pixels(std::size_t image, std::vector<std::uint8_t>& scratch) const;

 private:
  std::vector<Item> items_;
  int channels_ = 0;
  int height_ = 0;
  int width_ = 0;
  std::vector<std::uint8_t> pixels_;  // [images, channels, height, width], or empty
};

class DataSet {
 public:
  virtual ~DataSet() = default;

  // Sorted; class k of the training head is train_identities()[k]. Known without opening an image.
  virtual const std::vector<std::string>& train_identities() const = 0;

  // Opens the image files of that split and of no other. `format.size` 0 takes the size of the
  // split's first image for all. kInvalid: unknown split, empty split, missing or broken image, a
  // split that cannot be trained on (one identity) or ranked (one identity, no identity with two
  // images, one value of the group attribute only).
  virtual Result<ImageSet> Open(const std::string& split, const ImageFormat& format) const = 0;
};

// `dataset` is the "dataset" object of the study file, paths absolute; `group` the attribute whose
// values are the groups, or empty. kInvalid: unknown type or key, faults of the list itself.
Result<std::unique_ptr<DataSet>> MakeDataSet(const Json& dataset, const std::string& group);

}  // namespace faretto
