// A small data set of blobs on grey that tell identities apart, for tests of the face trainers.
#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/random.h"

namespace faretto {

struct SyntheticFaces {
  int identities = 4;
  int train = 4;  // images of each identity in each split
  int validation = 3;
  int test = 3;
  int side = 40;
  bool test_files = true;  // false: test images are listed, their files do not exist
};

// One PGM of the identity's pattern (four soft blobs) with noise of its own.
inline void WriteSyntheticFace(const std::filesystem::path& path, int identity, int image,
                               int side) {
  RandomStream shape(5, "face", {static_cast<std::uint64_t>(identity)});
  double blobs[4][3];
  for (auto& blob : blobs) {
    blob[0] = shape.Uniform() * side;
    blob[1] = shape.Uniform() * side;
    blob[2] = shape.Uniform() < 0.5 ? -90 : 90;
  }
  RandomStream noise(6, "noise",
                     {static_cast<std::uint64_t>(identity), static_cast<std::uint64_t>(image)});
  std::string pixels;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      double value = 128 + 30 * (noise.Uniform() - 0.5);
      for (const auto& blob : blobs) {
        const double dx = (x - blob[0]) / (side / 6.0), dy = (y - blob[1]) / (side / 6.0);
        value += blob[2] * std::exp(-(dx * dx + dy * dy));
      }
      pixels += static_cast<char>(std::min(255.0, std::max(0.0, value)));
    }
  }
  std::ofstream(path, std::ios::binary)
      << "P5\n" + std::to_string(side) + " " + std::to_string(side) + "\n255\n" + pixels;
}

// Writes images and `faces.csv` (path,identity,glasses,split) into the folder; returns the CSV's
// path. Every other image wears glasses.
inline std::filesystem::path WriteSyntheticFaces(const std::filesystem::path& folder,
                                                 const SyntheticFaces& faces = {}) {
  std::ofstream csv(folder / "faces.csv");
  csv << "path,identity,glasses,split\n";
  const std::pair<const char*, int> splits[] = {
      {"train", faces.train}, {"validation", faces.validation}, {"test", faces.test}};
  for (int identity = 0; identity < faces.identities; ++identity) {
    int image = 0;
    for (const auto& [split, count] : splits) {
      for (int i = 0; i < count; ++i, ++image) {
        const std::string name =
            "p" + std::to_string(identity) + "_" + std::to_string(image) + ".pgm";
        if (std::string(split) != "test" || faces.test_files) {
          WriteSyntheticFace(folder / name, identity, image, faces.side);
        }
        csv << name << ",p" << identity << "," << image % 2 << "," << split << "\n";
      }
    }
  }
  return folder / "faces.csv";
}

}  // namespace faretto
