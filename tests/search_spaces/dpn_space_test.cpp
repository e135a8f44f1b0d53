// The dpn preset against spec section 3 of the FR-NAS study, overrides, and its published runs.
#include "search_spaces/dpn_space.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/files.h"
#include "tests/search_spaces/testing.h"
#include "tests/source_folder.h"

namespace faretto {
namespace {

using ::testing::StartsWith;

Space Dpn() { return MakeSpace(R"({"preset": "dpn"})"); }

double MedianOf(const Space& space, const std::string& name) {
  const std::size_t i = *space.Find(name);
  RandomStream random(17, "median/" + name);
  std::vector<double> values;
  while (values.size() < 4001) {
    const Configuration c = space.Sample(random);
    if (c.active(i)) values.push_back(c.values[i]);
  }
  std::nth_element(values.begin(), values.begin() + 2000, values.end());
  return values[2000];
}

TEST(DpnSpace, HasTheSevenParametersInOrder) {
  const Space space = Dpn();
  std::vector<std::string> names;
  for (const Parameter& p : space.parameters()) names.push_back(p.name);
  EXPECT_EQ(names, (std::vector<std::string>{"edge1", "edge2", "edge3", "head", "optimizer",
                                             "lr_adam", "lr_sgd"}));
}

TEST(DpnSpace, DefaultIsThePublishedOneWithoutAnSgdRate) {
  const Space space = Dpn();
  EXPECT_EQ(DumpJson(space.ToJson(*space.Default())),
            R"({"edge1":"2","edge2":"0","edge3":"1","head":"CosFace","optimizer":"Adam",)"
            R"("lr_adam":0.001})");
}

TEST(DpnSpace, SamplesNeverCarryAnInactiveLearningRate) {
  const Space space = Dpn();
  RandomStream random(5, "test");
  for (int k = 0; k < 2000; ++k) {
    const Json c = space.ToJson(space.Sample(random));
    EXPECT_EQ(c.contains("lr_sgd"), c["optimizer"] == "SGD");
    EXPECT_EQ(c.contains("lr_adam"), c["optimizer"] != "SGD");
  }
}

// Medians of log-uniform ranges: the geometric means of their ends.
TEST(DpnSpace, LearningRatesAreLogUniform) {
  EXPECT_NEAR(MedianOf(Dpn(), "lr_adam") / 3.1622776601683795e-4, 1, 0.2);
  EXPECT_NEAR(MedianOf(Dpn(), "lr_sgd") / 0.2683281572999748, 1, 0.06);
}

TEST(DpnSpace, IsInfiniteUntilTheLearningRatesAreFixed) {
  EXPECT_EQ(Dpn().Count(), std::nullopt);
  const Space fixed = MakeSpace(R"({"preset": "dpn", "parameters": [
      {"name": "lr_adam", "type": "float", "low": 0.001, "high": 0.001},
      {"name": "lr_sgd", "type": "float", "low": 0.1, "high": 0.1}]})");
  EXPECT_EQ(fixed.Count(), 6561u);
  EXPECT_EQ(fixed.Count(1000), 1000u);
}

TEST(DpnSpace, OverrideKeepsPlaceAndConditionOfTheParameter) {
  const Space space = MakeSpace(R"({"preset": "dpn", "parameters": [
      {"name": "extra", "type": "int", "low": 1, "high": 2},
      {"name": "lr_sgd", "type": "float", "low": 0.001, "high": 0.1, "log": true}]})");
  EXPECT_EQ(space.parameters()[6].name, "lr_sgd");
  EXPECT_EQ(space.parameters()[6].low, 0.001);
  EXPECT_EQ(space.parameters()[6].default_value, std::nullopt);
  EXPECT_EQ(space.parameters()[7].name, "extra");
  EXPECT_FALSE(space.Default()->active(6));
}

TEST(DpnSpace, OwnConditionReplacesThePresets) {
  const Space space = MakeSpace(R"({"preset": "dpn",
      "conditions": [{"parameter": "lr_sgd", "active_when": {"head": "CosFace"}}]})");
  const Json c = space.ToJson(*space.Default());
  EXPECT_TRUE(c.contains("lr_sgd") && c.contains("lr_adam"));
}

TEST(DpnSpace, FewerOptimizersTakeTheirLearningRatesAlong) {
  const Space adamw = MakeSpace(R"({"preset": "dpn", "parameters": [
      {"name": "optimizer", "type": "categorical", "choices": ["AdamW"]}]})");
  EXPECT_EQ(adamw.Find("lr_sgd"), std::nullopt);
  EXPECT_EQ(DumpJson(adamw.ToJson()["conditions"]),
            R"([{"parameter":"lr_adam","active_when":{"optimizer":["AdamW"]}}])");
  EXPECT_THAT(Refusal(R"({"preset": "dpn", "parameters": [
                  {"name": "optimizer", "type": "categorical", "choices": ["AdamW"]},
                  {"name": "lr_sgd", "type": "float", "low": 0.1, "high": 0.2}]})"),
              StartsWith("parameters[1]: \"lr_sgd\" can never be active"));
}

struct HistoryRow {
  int trial = 0;
  std::string origin;
  Json params;
};

// The run history of the original search; the one column lr belongs to the optimizer's rate.
std::vector<HistoryRow> RunHistory() {
  const auto text =
      ReadFile(SourceFolder() / "tests/data/frnas/smac3_output__smac_dpn_vgg__runhistory.csv");
  EXPECT_TRUE(text.ok());
  std::istringstream lines(text.ok() ? *text : "");
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line,
            "trial,budget,rev_acc,rank_disparity,walltime_s,status,starttime,edge1,edge2,edge3,"
            "head,optimizer,lr,origin");
  std::vector<HistoryRow> rows;
  while (std::getline(lines, line)) {
    std::vector<std::string> cells;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
    if (cells.size() != 14) {
      ADD_FAILURE() << line;
      continue;
    }
    HistoryRow row{std::stoi(cells[0]), cells[13], Json::object()};
    const char* names[] = {"edge1", "edge2", "edge3", "head", "optimizer"};
    for (int k = 0; k < 5; ++k) row.params[names[k]] = cells[7 + k];
    row.params[cells[11] == "SGD" ? "lr_sgd" : "lr_adam"] = std::stod(cells[12]);
    rows.push_back(row);
  }
  return rows;
}

TEST(DpnSpace, EveryPublishedRunParsesAndComesBack) {
  const Space space = Dpn();
  const std::vector<HistoryRow> rows = RunHistory();
  ASSERT_EQ(rows.size(), 33u);
  for (const HistoryRow& row : rows) {
    const auto c = space.FromJson(row.params);
    ASSERT_TRUE(c.ok()) << row.trial << ": " << c.error().message;
    EXPECT_TRUE(space.Check(*c).ok());
    EXPECT_EQ(space.ToJson(*c), row.params);
  }
}

TEST(DpnSpace, FirstTenPublishedRunsAreTheInitialDesignAndTheFifthIs301) {
  const std::vector<HistoryRow> rows = RunHistory();
  for (const HistoryRow& row : rows)
    EXPECT_EQ(row.origin == "Random Initial Design", row.trial <= 10) << row.trial;
  ASSERT_GT(rows.size(), 4u);
  EXPECT_EQ(DumpJson(rows[4].params),
            R"({"edge1":"3","edge2":"0","edge3":"1","head":"CosFace","optimizer":"SGD",)"
            R"("lr_sgd":0.13828312564892567})");
}

}  // namespace
}  // namespace faretto
