// A searcher proposes configurations. One class behind one interface; registry.cpp is the only list
// of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/json.h"
#include "base/random.h"
#include "scheduler/searchers/failure_memory.h"
#include "search_spaces/configuration.h"
#include "study/suggestion.h"

namespace faretto {

// What every proposal starts from, gathered once for each suggestion. The view must outlive it.
struct SearchBasis {
  explicit SearchBasis(const StudyView& of) : view(of), memory(of) {}
  StudyView view;
  FailureMemory memory;
};

struct Proposal {
  Configuration configuration;
  std::string origin;  // "default", "sobol", "random", "nsga2/crossover", ...
  Json diagnostics;    // why this one: an object or null
  // Hyperparameters fitted for this proposal (an object): recorded as `model_fitted`, and found in
  // StudyState::model() by later suggestions. Numbers are finite.
  std::optional<Json> model;
  // Logarithm of the improvement that a model expects of it for its cost
  // (scheduler/surrogates/value_for_cost.h); in the units of PricedPromotion. Nothing from
  // searchers without a model.
  std::optional<double> log_value;
};

// Implementations hold no state: a proposal is a function of the basis, the random stream and the
// number of the suggestion, so that it can be derived again from the record. Thread safety: const
// methods may be called from any thread.
class Searcher {
 public:
  virtual ~Searcher() = default;

  // A configuration that satisfies conditions and forbidden clauses and that no trial of the view
  // has; trials without results count as taken. Nothing if it has none to offer, because it knows
  // too little or all that it looked at is taken: then a uniform draw takes its place.
  virtual std::optional<Proposal> Propose(const SearchBasis& basis, RandomStream& random,
                                          std::int64_t suggestion) const = 0;

  // Do its proposals have a `log_value` (once there is a model)?
  virtual bool prices(const StudyView& /*view*/) const { return false; }

  // Does a proposal take only milliseconds, so that the service may compute it between two
  // messages? If not, a thread of its own computes it.
  virtual bool quick() const { return true; }
};

}  // namespace faretto
