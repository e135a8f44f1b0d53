// A fidelity policy decides what the next assignment is for: a trial that goes on to a higher
// resource, a new trial, or nothing yet. One class behind one interface; registry.cpp is the only
// list of them.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "study/suggestion.h"

namespace faretto {

// A promotion, and the logarithm of its price: the improvement that a model expects for each unit
// of cost.
struct PricedPromotion {
  Promotion promotion;
  double log_value = 0;
};

// A new trial, whose configuration a searcher proposes.
struct Creation {
  std::int64_t resource = 0;  // first target
  std::int64_t bracket = -1;  // hyperband: the bracket that it becomes a member of
  // A promotion to make instead, unless the searcher's proposal has a higher price.
  std::optional<PricedPromotion> instead;
};

using Decision = std::variant<Promotion, Creation, Decline>;

// Implementations hold no state: a decision is a function of the view. Thread safety: const methods
// may be called from any thread.
class FidelityPolicy {
 public:
  virtual ~FidelityPolicy() = default;

  // `can_create` is false when the searcher has nothing left to propose: no creation comes back
  // then. What does not fit into the budget is never decided for. `priced`: the searcher's
  // proposals have prices, so that a creation may come with a promotion to make instead.
  virtual Decision Decide(const StudyView& view, bool can_create, bool priced = false) const = 0;
};

}  // namespace faretto
