// The published tables of FR-NAS and the fronts recomputed from them (specification, section 13).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "objectives/fairness/fairness.h"
#include "objectives/fairness/group_sums.h"
#include "objectives/pareto/dominance.h"
#include "objectives/pareto/front.h"
#include "tests/objectives/fairness/golden.h"

namespace faretto {
namespace {

struct Row {
  std::string name;
  Metrics metrics;
};

std::vector<Row> Rows(const std::string& file, const std::string& name_column,
                      const std::vector<std::string>& columns) {
  const CsvTable table = FrnasTable(file);
  std::vector<Row> rows(table.rows.size());
  if (!name_column.empty()) {
    const auto names = table.Column(name_column);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].name = (*names)[i];
  }
  for (const std::string& column : columns) {
    const auto texts = table.Column(column);
    EXPECT_TRUE(texts.ok()) << texts.error().message;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::string& text = (*texts)[i];
      double value = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (error == std::errc() && end == text.data() + text.size()) rows[i].metrics[column] = value;
    }
  }
  return rows;
}

// The front as [x, y, name], by x: the form of the golden file.
Json FrontOf(const std::vector<Row>& rows, const std::string& x, const std::string& y,
             const std::vector<Constraint>& constraints = {}, bool with_name = true) {
  std::vector<FrontCandidate> candidates;
  for (std::size_t i = 0; i < rows.size(); ++i)
    candidates.push_back({static_cast<std::int64_t>(i), rows[i].metrics});
  std::vector<Json> front;
  for (const std::int64_t id :
       ParetoFront(candidates, {{x, Direction::kMinimize, {}}, {y, Direction::kMinimize, {}}},
                   constraints)) {
    const Row& row = rows[static_cast<std::size_t>(id)];
    Json point = Json::array({row.metrics.at(x), row.metrics.at(y)});
    if (with_name) point.push_back(row.name);
    front.push_back(point);
  }
  std::sort(front.begin(), front.end());
  return front;
}

std::vector<Row> Phase1() {
  return Rows("analysis__vgg_val_phase1.csv", "index",
              {"Error", "Rank Disparity", "Disparity", "Ratio", "Error Ratio"});
}

TEST(GoldenFronts, OfPhase1WithErrorBelowThreeTenths) {
  const Json fronts = FrnasGolden().at("fronts");
  const std::vector<Constraint> good = {{"Error", std::nextafter(0.3, 0.0), {}}};
  EXPECT_EQ(FrontOf(Phase1(), "Error", "Rank Disparity", good),
            fronts.at("vgg_val_phase1 Error<0.3 | Error, Rank Disparity"));
  EXPECT_EQ(FrontOf(Phase1(), "Error", "Disparity", good),
            fronts.at("vgg_val_phase1 Error<0.3 | Error, Disparity"));
}

TEST(GoldenFronts, UnfilteredPhase1HoldsThe52CollapsedModelsAndAConstraintKeepsThemOut) {
  const Json fronts = FrnasGolden().at("fronts");
  const Json unfiltered = FrontOf(Phase1(), "Error", "Rank Disparity");
  EXPECT_EQ(unfiltered.size(),
            fronts.at("vgg_val_phase1 unfiltered | front size").get<std::size_t>());
  EXPECT_EQ(std::count_if(unfiltered.begin(), unfiltered.end(),
                          [](const Json& p) { return p[0] == 1.0 && p[1] == 0.0; }),
            52);
  EXPECT_EQ(FrontOf(Phase1(), "Error", "Rank Disparity", {{"Error", 0.9, {}}}),
            fronts.at("vgg_val_phase1 Error<0.3 | Error, Rank Disparity"));
}

TEST(GoldenFronts, OfTheCelebaPointsAndOfTheRunHistory) {
  const Json fronts = FrnasGolden().at("fronts");
  EXPECT_EQ(
      FrontOf(Rows("notebook__celeba_val_phase1_unlabelled.csv", "", {"Error", "Rank Disparity"}),
              "Error", "Rank Disparity", {}, false),
      fronts.at("celeba_val_phase1 283 points"));
  EXPECT_EQ(FrontOf(Rows("smac3_output__smac_dpn_vgg__runhistory.csv", "trial",
                         {"rev_acc", "rank_disparity"}),
                    "rev_acc", "rank_disparity"),
            fronts.at("smac runhistory trials"));
}

struct Phase2Table {
  const char* key;
  const char* file;
  const char* name_column;
};

class GoldenPhase2 : public ::testing::TestWithParam<Phase2Table> {};

TEST_P(GoldenPhase2, HasThePublishedFront) {
  const auto rows =
      Rows(GetParam().file, GetParam().name_column, {"Error_mean", "Rank Disparity_mean"});
  EXPECT_EQ(FrontOf(rows, "Error_mean", "Rank Disparity_mean"),
            FrnasGolden().at("fronts").at(GetParam().key));
}

INSTANTIATE_TEST_SUITE_P(
    Tables, GoldenPhase2,
    ::testing::Values(
        Phase2Table{"vgg_val_phase2", "analysis__vgg_val_phase2.csv", "index"},
        Phase2Table{"vgg_test_phase2", "analysis__vgg_test_phase2.csv", "index"},
        Phase2Table{"vgg_to_rfw", "analysis__vgg_transfer_rfw_test.csv", "index"},
        Phase2Table{"celeba_val_phase2", "analysis__celeba_val_phase2.csv", "Model name"},
        Phase2Table{"celeba_test_phase2", "analysis__celeba_test_phase2.csv", "Model name"},
        Phase2Table{"celeba_to_rfw", "analysis__celeba_transfer_rfw_test.csv", "index"}),
    [](const auto& table) { return std::string(table.param.key); });

TEST(GoldenFronts, AreTheSameUnderTheWeakRule) {
  // Specification, section 13.3: on these tables both rules agree.
  std::vector<Point> points;
  for (const Row& row : Phase1())
    if (const auto p = MinimizedValues(
            {{"Error", Direction::kMinimize, {}}, {"Rank Disparity", Direction::kMinimize, {}}},
            row.metrics))
      points.push_back(*p);
  EXPECT_EQ(NonDominated(points), NonDominatedWeak(points));
}

struct Counts {
  RankSums male;
  RankSums female;
};

std::map<std::string, Counts> Phase1Counts() {
  std::map<std::string, Counts> counts;
  for (const Row& row : Rows("derived__vgg_val_phase1_counts.csv", "index",
                             {"n_per_group", "err_male", "err_female"})) {
    const auto n = static_cast<std::int64_t>(row.metrics.at("n_per_group"));
    const auto male = static_cast<std::int64_t>(row.metrics.at("err_male"));
    const auto female = static_cast<std::int64_t>(row.metrics.at("err_female"));
    counts[row.name] = {{n, n - male, 0}, {n, n - female, 0}};
  }
  return counts;
}

TEST(GoldenPhase1, HasThePublishedCounts) {
  const Json golden = FrnasGolden().at("phase1");
  const std::vector<Row> rows = Phase1();
  const auto count = [&](auto holds) {
    return std::count_if(rows.begin(), rows.end(), [&](const Row& row) {
      return row.metrics.contains("Error") && holds(row.metrics);
    });
  };
  EXPECT_EQ(rows.size(), golden.at("rows"));
  EXPECT_EQ(count([](const Metrics&) { return true; }), golden.at("with_numbers"));
  EXPECT_EQ(count([](const Metrics& m) { return m.at("Error") < 0.3; }),
            golden.at("error_below_0.3"));
  EXPECT_EQ(
      count([](const Metrics& m) { return m.at("Error") == 1 && m.at("Rank Disparity") == 0; }),
      golden.at("collapsed_error_1_rank_disparity_0"));
  int male_better = 0;
  int female_better = 0;
  const auto all = Phase1Counts();
  for (const auto& [name, c] : all) {
    male_better += c.male.correct > c.female.correct;
    female_better += c.male.correct < c.female.correct;
  }
  EXPECT_EQ(male_better, golden.at("male_better"));
  EXPECT_EQ(female_better, golden.at("female_better"));
  EXPECT_EQ(static_cast<int>(all.size()) - male_better - female_better, golden.at("equal"));
}

TEST(GoldenPhase1, AggregatesFromCountsReproduceThePublishedColumnsOfAll354Models) {
  const auto counts = Phase1Counts();
  int compared = 0;
  for (const Row& row : Phase1()) {
    if (!row.metrics.contains("Error")) continue;
    ++compared;
    const Counts& c = counts.at(row.name);
    RankSums both = c.female;
    both += c.male;
    EXPECT_NEAR(*ErrorOf(both), row.metrics.at("Error"), 2e-6) << row.name;
    const std::pair<PairMeasure, const char*> columns[] = {
        {PairMeasure::kDisparity, "Disparity"},
        {PairMeasure::kRatio, "Ratio"},
        {PairMeasure::kErrorRatio, "Error Ratio"}};
    for (const auto& [measure, column] : columns) {
      // Female sorts first and is the denominator; collapsed models have no Ratio.
      const auto value = SignedMeasure(measure, c.female, c.male);
      ASSERT_EQ(value.has_value(), row.metrics.contains(column)) << row.name << ' ' << column;
      if (value) {
        EXPECT_NEAR(std::abs(*value), row.metrics.at(column), 2e-6) << row.name << ' ' << column;
      }
    }
  }
  EXPECT_EQ(compared, 354);
}

}  // namespace
}  // namespace faretto
