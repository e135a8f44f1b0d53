// Crops, mirroring and order of training images as pure functions of (seed, epoch, image), so that
// they do not depend on workers, threads or resumes. After FR-NAS: images are resized to a square
// somewhat larger than the network's input, training takes a random crop and a random mirror image,
// everything else the centre; bytes 0..255 become -1..1.
#pragma once

#include <cstdint>
#include <vector>

namespace faretto {

// Side that images are resized to before a crop of `input` pixels: 128 for 112, 73 for 64.
int ResizedSide(int input);

struct Crop {
  int top = 0;
  int left = 0;
  bool mirrored = false;
};

// Uniform over the possible places, mirrored with probability 1/2.
Crop TrainingCrop(std::uint64_t seed, std::int64_t epoch, std::int64_t image, int resized,
                  int input);
Crop CentreCrop(int resized, int input);

// Cuts [channels, input, input] out of `pixels` [channels, resized, resized], scaled to [-1, 1].
void CutOut(const std::uint8_t* pixels, int channels, int resized, const Crop& crop, int input,
            float* out);

// The images of an epoch in training order: a permutation of 0 .. count-1.
std::vector<std::int64_t> EpochOrder(std::uint64_t seed, std::int64_t epoch, std::int64_t count);

}  // namespace faretto
