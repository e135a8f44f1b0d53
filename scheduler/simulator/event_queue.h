// What will happen, in the order of virtual time; at one time in the order in which it was put in,
// so that a simulation is the same every time. Thread safety: none.
#pragma once

#include <cstdint>
#include <queue>
#include <vector>

namespace faretto {

struct Happening {
  enum class Kind {
    kArrive,  // the worker says hello and asks for work
    kReport,  // the next report of its training
    kEnd,     // its training ends
    kVanish,  // the worker is lost without notice
  };
  double at_s = 0;
  Kind kind = Kind::kArrive;
  std::size_t worker = 0;
  std::uint64_t life = 0;   // of the worker: what an earlier life planned does not happen
  std::uint64_t order = 0;  // set by Put
};

class EventQueue {
 public:
  bool empty() const { return queue_.empty(); }

  void Put(Happening happening) {
    happening.order = next_order_++;
    queue_.push(happening);
  }

  Happening Take() {
    const Happening first = queue_.top();
    queue_.pop();
    return first;
  }

 private:
  struct Later {
    bool operator()(const Happening& a, const Happening& b) const {
      return a.at_s != b.at_s ? a.at_s > b.at_s : a.order > b.order;
    }
  };
  std::priority_queue<Happening, std::vector<Happening>, Later> queue_;
  std::uint64_t next_order_ = 0;
};

}  // namespace faretto
