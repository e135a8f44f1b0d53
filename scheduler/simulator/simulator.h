// Discrete-event simulation of a study: the real machine, a virtual clock, any number of virtual
// workers. No sockets, no sleeping; the same study and options give the same events.
//
//   Machine machine(spec);
//   Result<Simulation> done = Simulate(machine, *source, {.workers = 1000}, {.suggest = Suggest});
//
// Virtual workers behave like real ones: they report at every report of the training source, keep a
// checkpoint where an assignment ends (with losses, at every report), and ask for more. Virtual
// time is what training costs: suggestions, messages and checkpoints take none. Heartbeats always
// arrive. Workers that ask in vain wait in the order of their asking and ask again when a training
// ends or a report at a comparison rung comes; other reports do not wake them.
// `budget.wall_clock_s` and `limits.assignment_s` are virtual seconds. O(log workers) an event
// beside the machine's step.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "scheduler/simulator/training_source.h"
#include "study/event.h"
#include "study/machine.h"

namespace faretto {

struct SimulationOptions {
  std::size_t workers = 1;
  // A training fails with this probability, at a random point, for no reason of its configuration.
  double fail_rate = 0;
  // A worker is lost without notice after this many virtual seconds in the mean (exponentially
  // distributed), and is back when its lease has run out.
  std::optional<double> worker_mtbf_s;
  StartInfo info = {};
};

struct SimulationHooks {
  std::function<Suggestion(const StudyView&, std::int64_t suggestion)> suggest;
  // Takes the events of each step, for a store; may be empty. An error ends the simulation.
  std::function<Status(std::span<Event> events)> keep = {};
  // Called after every step; may be empty.
  std::function<void(double virtual_s)> progress = {};
};

// A trial that was completed at max_resource.
struct SimulatedCompletion {
  double virtual_s = 0;
  double spent_resource = 0;
  TrialId trial = 0;
};

struct Simulation {
  double virtual_s = 0;  // when the last training ended
  double busy_s = 0;     // summed over workers
  std::int64_t suggestions = 0;
  std::int64_t steps = 0;   // of the machine
  std::int64_t losses = 0;  // workers that vanished
  std::vector<SimulatedCompletion> completions;
};

// Runs the machine's study from its start to its end; the machine is new. kFailed: `keep` failed.
Result<Simulation> Simulate(Machine& machine, const TrainingSource& source,
                            const SimulationOptions& options, const SimulationHooks& hooks);

}  // namespace faretto
