// The hypervolume in three dimensions of a growing set of points.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace faretto {

// Keeps the points that no other dominates, sorted by their third coordinate, in arrays that are
// scanned without branches: each step is linear in their number, with a small factor.
//
// What a point p adds is found by a sweep over the third coordinate, from p to the first point that
// covers p's column: in the plane, the part of p's quadrant that earlier layers leave free is
// bounded by a staircase of points moved into the quadrant (Guerreiro, Fonseca, IEEE TEVC 22(3),
// 2018, HV4D+).
// Points are finite and below the reference. Thread safety: none.
class LayeredVolume {
 public:
  explicit LayeredVolume(const std::array<double, 3>& reference) : reference_(reference) {}

  // Holds exactly these points, which ascend in their third coordinate and may dominate each other;
  // for GainOf alone.
  LayeredVolume(const std::array<double, 3>& reference,
                const std::vector<std::array<double, 3>>& points);

  double volume() const { return volume_; }

  void Insert(const std::array<double, 3>& point);

  // What the point of this number adds to all others.
  double GainOf(std::size_t number);

 private:
  // What the point adds; leaves in `candidates_` which points are close.
  double Gain(const std::array<double, 3>& point, std::size_t place);
  // The corner of what earlier layers leave free beside the point in the plane at its own height.
  // False: they cover the point.
  bool FindSides(const std::array<double, 3>& point, std::size_t place);
  // The points that bound the free part inside of the sides, in `candidates_`; returns the height
  // at which the column is covered.
  double FindCandidates(const std::array<double, 3>& point, std::size_t place);
  double Sweep(const std::array<double, 3>& point, double top);
  // Covers the quadrant of (x, y) in the free part; returns the area covered.
  double Cover(double x, double y);
  // Puts the point in place of those that it dominates.
  void Store(const std::array<double, 3>& point, std::size_t place);
  void Replace(std::vector<double>& values, std::size_t place, double value) const;

  std::array<double, 3> reference_;
  double volume_ = 0;
  std::vector<double> x_, y_, z_;  // non-dominated, ascending in z

  // Of the step under way.
  double x_side_ = 0;
  double y_side_ = 0;
  std::vector<std::uint32_t> candidates_;  // ascending in z
  std::size_t candidates_below_ = 0;       // how many are not above the point
  std::vector<double> stair_x_, stair_y_;  // x grows, y falls; both ends are the sides
  std::vector<std::uint32_t> dominated_;   // by the point, ascending
};

}  // namespace faretto
