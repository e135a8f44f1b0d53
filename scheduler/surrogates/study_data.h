// What a surrogate learns from: the results of a study as matrices.
//
// Objectives are minimised, constraints are g <= 0. Failed trials have no results; they count as
// data for the probability of failing. Thread safety: pure functions.
#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scheduler/surrogates/features.h"
#include "scheduler/surrogates/target.h"
#include "study/suggestion.h"

namespace faretto {

struct StudyData {
  std::vector<std::int64_t> rungs;  // ComparisonRungs of the study
  Eigen::MatrixXd observed;         // features x rows of results
  std::vector<TrialId> trial_of;    // [row]
  std::size_t results = 0;          // rows before thinning
  // As long as no trial is feasible there is one objective, the total violation, and no constraint.
  std::vector<Target> objectives;
  std::vector<Target> constraints;  // g <= 0
  // Logarithm of the reported cost of a unit of resource, one row a trial; only if the study's cost
  // is "reported" and costs above 0 were.
  std::optional<Target> cost;
  // Trials that count as known at full resource: those with a result (the first `finished.size()`
  // columns, by trial), then the pending ones, without.
  Eigen::MatrixXd known;  // features x trials
  std::vector<TrialId> finished;
  std::vector<TrialId> pending;
  std::vector<Eigen::Index> under_way;  // columns of `known` that have no result at the highest
                                        // rung yet, and are being trained
  std::vector<bool> feasible;           // [finished] by its newest result
  std::vector<bool> at_top;  // [known] has a result at full resource, or is under way there
  Eigen::MatrixXd outcomes;  // all trials that ended or have a result
  Eigen::VectorXd failed;    // [outcome] 1 = failed; empty if none did
};

// How many trials have a result that a surrogate can learn from.
std::size_t TrialsToLearnFrom(const StudyView& view);

// At most `most` rows: beyond that those on the front, those of the newest trials, and others
// evenly by age.
StudyData CollectStudyData(const StudyView& view, const FeatureMap& features, std::size_t most);

}  // namespace faretto
