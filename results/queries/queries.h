// Questions about a study: rows of trials, Pareto fronts, reference lines. Pure functions of the
// study file and the state, so the service, ask-tell and the readers of a folder answer alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "objectives/pareto/objective.h"
#include "study/suggestion.h"
#include "study/trial.h"

namespace faretto {

// A trial with its values at one resource.
struct TrialRow {
  TrialId id = 0;
  TrialState state = TrialState::kWaiting;
  Json params;
  std::int64_t resource = 0;  // of `values`; 0: no report yet
  Metrics values;             // at exactly `resource`, never the best of several
  // Sum of the violations of the constraints by `values`; nothing where the study has no
  // constraints, or a metric is missing.
  std::optional<double> violation;
  std::string origin;
  std::uint64_t seed = 0;
  std::int64_t target = 0;  // resource it was last sent to
  std::int64_t attempts = 0;
  std::int64_t losses = 0;
  std::optional<Failure> failure;  // of a failed trial, or of the newest attempt
};

// Every trial by id, with its values at its highest reported resource.
std::vector<TrialRow> TrialRows(const StudyView& study);

struct FrontOptions {
  // Names of metrics to compare by; empty: all of the study's objectives. "name:max" and
  // "name:min" set the direction of a metric that is no objective (default: min).
  std::vector<std::string> objectives;
  // Compare at this resource (default: the study's max_resource)...
  std::optional<std::int64_t> resource;
  // ... or each trial at its highest.
  bool any_resource = false;
  bool hypervolume = true;  // whose time grows steeply with the number of objectives
};

struct Front {
  std::vector<Objective> objectives;
  // Non-dominated, feasible, not failed; equal values are all in. Best in the first objective
  // first.
  std::vector<TrialRow> trials;
  std::optional<double> hypervolume;             // against the study's reference point, where known
  std::optional<std::vector<double>> reference;  // to be minimised, as StudyState::reference_point
  std::optional<TrialId> knee;
  std::size_t compared = 0;  // number of results, on the front or not
  std::size_t members = 0;   // number of trials on the front, before a filter took some out
  // Results that were compared and lack a constraint's metric: they count as infeasible.
  std::size_t unconstrained = 0;
};

// kInvalid: an unknown metric or direction, or fewer than one objective.
Result<Front> StudyFront(const StudyView& study, const FrontOptions& options);
// Computes the hypervolume again, after members were taken out.
void MeasureFront(Front& front);

// Splits the value of --objectives ("a,b:max") and of --resource ("any", "18"); kInvalid otherwise.
Result<FrontOptions> ParseFrontOptions(const std::string& objectives, const std::string& resource);

struct BaselineRow {
  std::string name;
  Job::State state = Job::State::kPending;
  Metrics values;
  std::optional<Failure> failure;
};
// Reference lines in the order in which they were asked for.
std::vector<BaselineRow> Baselines(const StudyView& study);

// kFailed, with the reason of the newest failure, if there are trials and none has a result.
Status CheckSomethingTrained(const StudyState& state);

// Every metric that can stand in a filter, a sort key or a column: objectives, constraints, those
// of the trainer's description, and all that were reported. Objectives first, the rest sorted.
std::vector<std::string> MetricNames(const StudyView& study);

}  // namespace faretto
