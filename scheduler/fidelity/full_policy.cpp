#include "scheduler/fidelity/full_policy.h"

#include "scheduler/fidelity/allowance.h"
#include "study/rungs.h"

namespace faretto {

Decision FullPolicy::Decide(const StudyView& view, bool can_create, bool /*priced*/) const {
  Allowance allowance(view, can_create);
  const std::int64_t resource = FirstResource(view.spec.algorithm);
  if (allowance.MayCreate(resource)) return Creation{resource, -1};
  return allowance.Nothing();
}

}  // namespace faretto
