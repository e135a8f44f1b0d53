#include "objectives/pareto/front.h"

#include "objectives/pareto/dominance.h"

namespace faretto {

std::vector<std::int64_t> ParetoFront(const std::vector<FrontCandidate>& candidates,
                                      const std::vector<Objective>& objectives,
                                      const std::vector<Constraint>& constraints) {
  std::vector<std::int64_t> ids;
  std::vector<Point> points;
  for (const FrontCandidate& candidate : candidates) {
    std::optional<std::vector<double>> values = MinimizedValues(objectives, candidate.metrics);
    if (!values || ConstraintViolation(constraints, candidate.metrics) > 0) continue;
    ids.push_back(candidate.id);
    points.push_back(std::move(*values));
  }
  std::vector<std::int64_t> front;
  for (const std::size_t i : NonDominated(points)) front.push_back(ids[i]);
  return front;
}

}  // namespace faretto
