#include "base/clock.h"

#include <chrono>

namespace faretto {

double SystemClock::MonotonicS() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double SystemClock::UnixS() const {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace faretto
