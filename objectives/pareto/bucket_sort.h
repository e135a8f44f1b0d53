// Sorting by a number in linear time where the numbers are spread evenly.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace faretto {

// Sorts `items` by `less`, a strict total order that never contradicts `key` (a finite number):
// key(a) < key(b) implies less(a, b). Items are dealt into as many buckets of equal width as there
// are items, and each bucket is sorted; O(n) for keys that are spread evenly, O(n log n) always.
template <class Item, class Key, class Less>
void BucketSort(std::vector<Item>& items, Key key, Less less) {
  const std::size_t n = items.size();
  const auto [least, most] = std::minmax_element(
      items.begin(), items.end(), [&](const Item& a, const Item& b) { return key(a) < key(b); });
  const double low = n == 0 ? 0 : key(*least);
  const double scale = n == 0 ? 0 : static_cast<double>(n - 1) / (key(*most) - low);
  // A range of zero, or one that overflows or underflows, has no buckets.
  if (n < 32 || !std::isfinite(scale) || scale == 0) {
    std::sort(items.begin(), items.end(), less);
    return;
  }
  const auto bucket = [&](const Item& item) {
    return static_cast<std::size_t>((key(item) - low) * scale);
  };
  std::vector<std::uint32_t> ends(n + 1, 0);
  for (const Item& item : items) ++ends[bucket(item)];
  std::uint32_t begin = 0;
  for (std::uint32_t& end : ends) {
    begin += end;
    end = begin - end;
  }
  std::vector<Item> sorted(n);
  for (const Item& item : items) sorted[ends[bucket(item)]++] = item;
  // The ends are those of the buckets now.
  begin = 0;
  for (const std::uint32_t end : ends) {
    if (end - begin > 1) std::sort(sorted.begin() + begin, sorted.begin() + end, less);
    begin = end;
  }
  items.swap(sorted);
}

}  // namespace faretto
