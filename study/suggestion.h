// What a suggestion is: the pure function Suggest(StudyView, i) of scheduler/suggest answers with
// one of these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/json.h"
#include "search_spaces/configuration.h"
#include "study/state.h"
#include "study/study_spec.h"
#include "study/trial.h"

namespace faretto {

// What a suggestion may look at: the study as it stood at the suggestion's basis.
struct StudyView {
  const StudySpec& spec;
  const StudyState& state;
};

struct NewTrial {
  Configuration configuration;
  std::int64_t resource = 0;  // first target
  std::int64_t bracket = -1;
  std::string origin;
  Json diagnostics;           // why: model state, parents, ...; an object or null
  std::optional<Json> model;  // hyperparameters that were fitted for it: becomes `model_fitted`
};

struct Promotion {
  TrialId trial = 0;
  std::int64_t resource = 0;
  Json diagnostics;
  std::optional<Json> model;
};

struct Decline {
  std::string reason;  // "waiting for results", "the resource budget is used up", "the space is
                       // used up", ...
  bool final = false;  // no later report can change it
  std::optional<Json> model;
};

using Suggestion = std::variant<NewTrial, Promotion, Decline>;

}  // namespace faretto
