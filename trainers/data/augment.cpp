#include "trainers/data/augment.h"

#include <numeric>

#include "base/random.h"

namespace faretto {

int ResizedSide(int input) { return 128 * input / 112; }

Crop TrainingCrop(std::uint64_t seed, std::int64_t epoch, std::int64_t image, int resized,
                  int input) {
  RandomStream random(seed, "data/augmentation",
                      {static_cast<std::uint64_t>(epoch), static_cast<std::uint64_t>(image)});
  const std::uint64_t places = resized - input + 1;
  Crop crop;
  crop.top = static_cast<int>(random.Below(places));
  crop.left = static_cast<int>(random.Below(places));
  crop.mirrored = random.Below(2) == 1;
  return crop;
}

Crop CentreCrop(int resized, int input) {
  return {(resized - input) / 2, (resized - input) / 2, false};
}

void CutOut(const std::uint8_t* pixels, int channels, int resized, const Crop& crop, int input,
            float* out) {
  for (int c = 0; c < channels; ++c) {
    for (int y = 0; y < input; ++y) {
      const std::uint8_t* row =
          pixels + (std::int64_t{c} * resized + crop.top + y) * resized + crop.left;
      for (int x = 0; x < input; ++x) {
        *out++ = static_cast<float>(row[crop.mirrored ? input - 1 - x : x]) / 127.5f - 1.0f;
      }
    }
  }
}

std::vector<std::int64_t> EpochOrder(std::uint64_t seed, std::int64_t epoch, std::int64_t count) {
  std::vector<std::int64_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  RandomStream random(seed, "data/order", {static_cast<std::uint64_t>(epoch)});
  random.Shuffle(order);
  return order;
}

}  // namespace faretto
