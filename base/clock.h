// Clocks are passed in: programs pass the machine's clock, tests one of their own.
#pragma once

namespace faretto {

class Clock {
 public:
  virtual ~Clock() = default;
  // Seconds since some fixed instant; never goes back, not comparable between processes.
  virtual double MonotonicS() const = 0;
  // Seconds since 1970-01-01 UTC; may jump. For people and records, never for deadlines.
  virtual double UnixS() const = 0;
};

// The machine's clocks. Thread-safe.
class SystemClock final : public Clock {
 public:
  double MonotonicS() const override;
  double UnixS() const override;
};

}  // namespace faretto
