#include "scheduler/simulator/simulation_output.h"

#include <map>

#include "base/number_text.h"
#include "results/queries/queries.h"
#include "scheduler/simulator/hypervolume_curve.h"

namespace faretto {
namespace {

constexpr std::size_t kTablePoints = 20;
constexpr std::size_t kRecordPoints = 1000;

double Utilisation(const Simulation& done, std::size_t workers) {
  const double offered = done.virtual_s * static_cast<double>(workers);
  return offered > 0 ? done.busy_s / offered : 0;
}

std::map<std::string, std::int64_t> States(const StudyState& state) {
  std::map<std::string, std::int64_t> states;
  for (const Trial& trial : state.trials()) ++states[std::string(TrialStateName(trial.state))];
  return states;
}

Table CurveTable(const std::vector<CurvePoint>& curve, std::string (*number)(double)) {
  Table table;
  table.columns = {{"virtual_s", true},
                   {"resource", true},
                   {"completed", true},
                   {"front", true},
                   {"hypervolume", true}};
  for (const CurvePoint& point : curve) {
    table.rows.push_back({number(point.virtual_s), number(point.spent_resource),
                          std::to_string(point.completed), std::to_string(point.front),
                          point.hypervolume ? number(*point.hypervolume) : ""});
  }
  return table;
}

Json CurveJson(const std::vector<CurvePoint>& curve) {
  Json json = Json::array();
  for (const CurvePoint& point : curve) {
    json.push_back({{"virtual_s", point.virtual_s},
                    {"resource", point.spent_resource},
                    {"completed", point.completed},
                    {"front", point.front},
                    {"hypervolume", point.hypervolume ? Json(*point.hypervolume) : Json()}});
  }
  return json;
}

struct Facts {
  const StudyView& study;
  const Simulation& done;
  std::size_t workers;
  const std::string& source;
  const Front& front;

  std::string reason() const {
    return study.state.finished() ? study.state.finish_reason() : "it stands still";
  }

  Json AsJson() const {
    const AlgorithmSpec& algorithm = study.spec.algorithm;
    Json json = {{"study", study.spec.name},
                 {"seed", study.spec.seed},
                 {"searcher", algorithm.searcher},
                 {"fidelity", algorithm.fidelity},
                 {"training", source},
                 {"workers", workers},
                 {"virtual_s", done.virtual_s},
                 {"utilisation", Utilisation(done, workers)},
                 {"spent_resource", study.state.spent_resource()},
                 {"trials", study.state.trials().size()},
                 {"states", States(study.state)},
                 {"suggestions", done.suggestions},
                 {"losses", done.losses},
                 {"ended", reason()}};
    Json document = FrontDocument(study, front, {}).json;
    json["hypervolume"] = document.value("hypervolume", Json());
    json["reference"] = document.value("reference", Json());
    json["front"] = document["trials"];
    return json;
  }

  std::string AsText() const {
    std::string states;
    for (const auto& [name, count] : States(study.state))
      states += (states.empty() ? "" : ", ") + std::to_string(count) + " " + name;
    const AlgorithmSpec& algorithm = study.spec.algorithm;
    Table table;
    table.columns = {{"simulation"}, {study.spec.name}};
    table.rows = {
        {"training", source},
        {"algorithm", (algorithm.searcher.empty() ? "chosen" : algorithm.searcher) + " + " +
                          algorithm.fidelity + ", seed " + std::to_string(study.spec.seed)},
        {"virtual time", ShortNumber(done.virtual_s) + " s"},
        {"workers", std::to_string(workers) + ", busy " +
                        ShortNumber(100 * Utilisation(done, workers)) + " % of the time"},
        {"trials", std::to_string(study.state.trials().size()) + ": " + states},
        {"resource spent", ShortNumber(study.state.spent_resource())},
        {"ended because", reason()}};
    if (done.losses > 0) table.rows.push_back({"lost workers", std::to_string(done.losses)});
    return table.ToText();
  }
};

}  // namespace

std::string SimulationText(const StudyView& study, const Simulation& done, std::size_t workers,
                           const std::string& source, OutputFormat format) {
  const auto front = StudyFront(study, {});
  const Facts facts{study, done, workers, source, front.ok() ? *front : Front{}};
  const auto curve = HypervolumeCurve(
      study, done.completions, format == OutputFormat::kTable ? kTablePoints : kRecordPoints);
  if (format == OutputFormat::kTable) {
    const Document document = FrontDocument(study, facts.front, {});
    return facts.AsText() + "\n" + CurveTable(curve, ShortNumber).ToText() + "\n" +
           Render(document, OutputFormat::kTable);
  }
  Document document;
  document.json = facts.AsJson();
  document.json["curve"] = CurveJson(curve);
  document.records = CurveTable(curve, NumberText);
  return Render(document, format);
}

}  // namespace faretto
