#include "results/pages/report_charts.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "objectives/pareto/dominance.h"
#include "objectives/pareto/hypervolume.h"
#include "results/pages/html.h"
#include "results/pages/svg_plot.h"
#include "results/queries/format.h"

namespace faretto {
namespace {

struct Mark {
  double x = 0;
  double y = 0;
  TrialRow row;
};

// How a trial is drawn; the order is that of the legend, later ones lie above.
enum class Look { kBelowTop, kInfeasible, kFailed, kDominated, kFront };

struct LookStyle {
  const char* style;
  const char* shape;
  double size;
  const char* words;
};

LookStyle StyleOf(Look look) {
  switch (look) {
    case Look::kFailed: return {"failed", "cross", 3.5, "failed"};
    case Look::kInfeasible: return {"infeasible", "dot", 4, "violates a constraint"};
    case Look::kBelowTop: return {"low", "dot", 3.5, "at a lower resource"};
    case Look::kDominated: return {"dominated", "dot", 4.5, "dominated"};
    case Look::kFront: return {"front", "dot", 6.5, "Pareto front"};
  }
  return {"", "dot", 1, ""};
}

Look LookOf(const StudyView& study, const std::set<TrialId>& members, const TrialRow& row) {
  if (members.contains(row.id)) return Look::kFront;
  if (row.state == TrialState::kFailed) return Look::kFailed;
  if (ConstraintViolation(study.spec.constraints, row.values) > 0) return Look::kInfeasible;
  return row.resource >= study.spec.top_resource() ? Look::kDominated : Look::kBelowTop;
}

std::string Tooltip(const TrialRow& row, const std::vector<Objective>& objectives) {
  std::string text = "trial " + std::to_string(row.id) + " (" +
                     std::string(TrialStateName(row.state)) + "), resource " +
                     std::to_string(row.resource);
  for (const Objective& objective : objectives) {
    text += "\n" + objective.name + ": " + ValueWithInterval(row.values, objective.name);
  }
  for (const auto& [name, value] : row.params.items())
    text += "\n" + name + " = " + DumpJson(value);
  return text;
}

// The border of what the front dominates, from edge to edge of the plot.
std::vector<std::pair<double, double>> Steps(std::vector<std::pair<double, double>> points,
                                             bool minimize_x, bool minimize_y,
                                             const SvgPlot& plot) {
  if (points.empty()) return points;
  std::sort(points.begin(), points.end());
  if (!minimize_x) std::reverse(points.begin(), points.end());
  const double worst_x = minimize_x ? plot.x().high : plot.x().low;
  const double worst_y = minimize_y ? plot.y().high : plot.y().low;
  std::vector<std::pair<double, double>> steps = {{points[0].first, worst_y}, points[0]};
  for (std::size_t i = 1; i < points.size(); ++i) {
    steps.emplace_back(points[i].first, steps.back().second);
    steps.push_back(points[i]);
  }
  steps.emplace_back(worst_x, steps.back().second);
  return steps;
}

std::string LegendEntry(const LookStyle& look, std::size_t count) {
  const std::string mark =
      std::string(look.shape) == "dot"
          ? "<circle class=\"" + std::string(look.style) + "\" cx=\"8\" cy=\"8\" r=\"5\"/>"
      : std::string(look.shape) == "cross"
          ? "<path class=\"" + std::string(look.style) + "\" d=\"M4 4L12 12M4 12L12 4\"/>"
          : "<path class=\"" + std::string(look.style) + "\" d=\"M8 2L14 8L8 14L2 8Z\"/>";
  return "<span class=\"key\"><svg viewBox=\"0 0 16 16\" aria-hidden=\"true\">" + mark + "</svg>" +
         look.words + " <b>" + std::to_string(count) + "</b></span>";
}

const double* Find(const Metrics& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? nullptr : &found->second;
}

void AddFront(SvgPlot& plot, const Front& front, const Objective& across, const Objective& up) {
  std::vector<std::pair<double, double>> points;
  for (const TrialRow& row : front.trials) {
    points.emplace_back(row.values.at(across.name), row.values.at(up.name));
    const double* low = Find(row.values, up.name + "_low");
    const double* high = Find(row.values, up.name + "_high");
    if (low && high) plot.AddWhisker(points.back().first, *low, *high, "whisker");
  }
  // In a plane of more than two objectives the front is no line.
  if (front.objectives.size() != 2) return;
  plot.AddLine(Steps(points, across.direction == Direction::kMinimize,
                     up.direction == Direction::kMinimize, plot),
               "step");
}

std::string AxisName(const Objective& objective) {
  return objective.name + (objective.direction == Direction::kMinimize ? "  (less is better)"
                                                                       : "  (more is better)");
}

// Exact hypervolumes take longer with each objective, so many objectives get fewer steps.
std::size_t StepsOfCurve(std::size_t objectives) {
  constexpr std::size_t kFew = 20;
  return objectives <= 3 ? 10 * kFew : objectives == 4 ? 3 * kFew : kFew;
}

}  // namespace

std::string FrontChart(const StudyView& study, const Front& front,
                       const std::vector<BaselineRow>& baselines, std::size_t a, std::size_t b) {
  const Objective& across = front.objectives[a];
  const Objective& up = front.objectives[b];
  std::set<TrialId> members;
  for (const TrialRow& row : front.trials) members.insert(row.id);

  AxisRange x, y;
  std::map<Look, std::vector<Mark>> marks;
  const auto include = [&](const Metrics& values) -> std::optional<std::pair<double, double>> {
    const double* at_x = Find(values, across.name);
    const double* at_y = Find(values, up.name);
    if (!at_x || !at_y) return std::nullopt;
    x.Include(*at_x);
    y.Include(*at_y);
    return std::pair(*at_x, *at_y);
  };
  for (TrialRow& row : TrialRows(study)) {
    const auto place = include(row.values);
    if (!place) continue;
    const Look look = LookOf(study, members, row);
    marks[look].push_back({place->first, place->second, std::move(row)});
  }
  if (marks.empty()) return "";
  for (const BaselineRow& row : baselines) include(row.values);

  SvgPlot plot(x.Padded(), y.Padded(), AxisName(across), AxisName(up));
  AddFront(plot, front, across, up);
  std::string legend;
  for (const auto& [look, list] : marks) {
    const LookStyle style = StyleOf(look);
    for (const Mark& mark : list) {
      plot.AddMark(mark.x, mark.y, style.shape, style.style, style.size,
                   Tooltip(mark.row, front.objectives));
    }
    legend = LegendEntry(style, list.size()) + legend;
  }
  std::size_t drawn = 0;
  for (const BaselineRow& row : baselines) {
    const double* at_x = Find(row.values, across.name);
    const double* at_y = Find(row.values, up.name);
    if (!at_x || !at_y) continue;
    ++drawn;
    plot.AddMark(*at_x, *at_y, "diamond", "baseline", 7, "reference line: " + row.name);
    plot.AddLabel(*at_x, *at_y, row.name, "baseline-name");
  }
  if (drawn > 0) legend += LegendEntry({"baseline", "diamond", 7, "reference line"}, drawn);
  return "<div class=\"legend\">" + legend + "</div>" +
         plot.ToSvg("Scatter plot of " + up.name + " against " + across.name + " of all trials");
}

std::string HypervolumeChart(const StudyView& study, const StudyHistory& history) {
  const auto& reference = study.state.reference_point();
  if (!reference) return "";
  // A trial counts from its first report at the top, with its newest value there.
  std::map<TrialId, Metrics> newest;
  for (const ReportPoint& report : history.reports) {
    if (report.resource == study.spec.top_resource()) newest[report.trial] = report.values;
  }
  std::vector<std::pair<double, Point>> points;  // by the resource spent until then
  for (const ReportPoint& report : history.reports) {
    if (report.resource != study.spec.top_resource()) continue;
    const auto node = newest.extract(report.trial);
    const Trial* trial = study.state.FindTrial(report.trial);
    if (node.empty() || !trial || trial->state == TrialState::kFailed) continue;
    auto values = MinimizedValues(study.spec.objectives, node.mapped());
    if (!values || ConstraintViolation(study.spec.constraints, node.mapped()) > 0) continue;
    points.emplace_back(report.spent_resource, std::move(*values));
  }
  if (points.empty()) return "";
  GrowingFront front;
  std::vector<std::pair<double, double>> line = {{0, 0}};
  const std::size_t steps = std::min(points.size(), StepsOfCurve(study.spec.objectives.size()));
  for (std::size_t i = 0, step = 1; i < points.size(); ++i) {
    front.Add(points[i].second);
    // Step k stands where k / steps of all points have come.
    if ((i + 1) * steps < step * points.size()) continue;
    ++step;
    line.emplace_back(points[i].first, line.back().second);
    line.emplace_back(points[i].first, Hypervolume(front.points(), *reference));
  }
  line.emplace_back(std::max(study.state.spent_resource(), line.back().first), line.back().second);
  AxisRange x, y;
  for (const auto& [at_x, at_y] : line) {
    x.Include(at_x);
    y.Include(at_y);
  }
  AxisRange tight = x;
  if (!(tight.high > tight.low)) tight = x.Padded();
  SvgPlot plot(tight, y.Padded(), "resource spent", "hypervolume");
  plot.AddArea(line, "area");
  plot.AddLine(line, "curve");
  return plot.ToSvg("Hypervolume of the front over the resource spent");
}

}  // namespace faretto
