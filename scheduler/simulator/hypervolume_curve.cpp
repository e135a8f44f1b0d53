#include "scheduler/simulator/hypervolume_curve.h"

#include <algorithm>

#include "objectives/pareto/dominance.h"
#include "objectives/pareto/hypervolume.h"

namespace faretto {
namespace {

// To be minimised; nothing for a trial that is not on any front.
std::optional<Point> PointOf(const StudyView& view, TrialId id) {
  const Trial* trial = view.state.FindTrial(id);
  if (trial == nullptr || trial->state == TrialState::kFailed) return std::nullopt;
  const TrialReport* report = trial->ReportAt(view.spec.top_resource());
  if (report == nullptr || ConstraintViolation(view.spec.constraints, report->values) > 0)
    return std::nullopt;
  return MinimizedValues(view.spec.objectives, report->values);
}

}  // namespace

std::vector<CurvePoint> HypervolumeCurve(const StudyView& view,
                                         const std::vector<SimulatedCompletion>& completions,
                                         std::size_t most) {
  std::vector<CurvePoint> curve;
  const std::size_t n = completions.size();
  const std::size_t count = std::min(n, std::max<std::size_t>(2, most));
  GrowingFront front;
  for (std::size_t i = 0; i < n; ++i) {
    if (const auto point = PointOf(view, completions[i].trial)) front.Add(*point);
    // Point k of the curve stands at completion k (n - 1) / (count - 1).
    const std::size_t next = count < 2 ? n - 1 : curve.size() * (n - 1) / (count - 1);
    if (i < next) continue;
    CurvePoint at{completions[i].virtual_s, completions[i].spent_resource,
                  static_cast<std::int64_t>(i + 1),
                  static_cast<std::int64_t>(front.points().size()), std::nullopt};
    if (view.state.reference_point())
      at.hypervolume = Hypervolume(front.points(), *view.state.reference_point());
    curve.push_back(at);
  }
  return curve;
}

}  // namespace faretto
