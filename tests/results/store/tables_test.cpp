#include <gtest/gtest.h>

#include <set>

#include "results/store/store.h"
#include "tests/results/testing/scripted_study.h"
#include "tests/results/testing/table_check.h"
#include "tests/results/testing/test_folder.h"

namespace faretto {
namespace {

// The scripted history in a store, opened for SQL.
class TablesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    const EventfulStudy study;
    auto store = Store::Open(folder_->path(), ScriptedSpec(), {});
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE((*store)->Append(study.log()).ok());
  }
  static void TearDownTestSuite() { delete folder_; }

  TablesTest() : database_(Open()) {}

  static Database Open() {
    return std::move(*Database::Open(*folder_ / "trials.db", OpenMode::kReadWrite));
  }
  std::string Rows(const std::string& sql) { return Dump(database_, sql); }

  inline static TestFolder* folder_ = nullptr;
  Database database_;
};

TEST_F(TablesTest, SayWhatTheFoldOfTheEventsSays) {
  EXPECT_EQ(TablesDifference(database_, ScriptedSpec()), "");
}

TEST_F(TablesTest, ParetoHoldsTiesAndNeitherInfeasibleNorFailedNorHalfTrainedTrials) {
  EXPECT_EQ(Rows("SELECT trial, error, rank_disparity FROM pareto ORDER BY trial"),
            "0|0.3|0.02\n1|0.1|0.2\n4|0.1|0.2\n");
}

TEST_F(TablesTest, BestNamesTheBestTrialsOfEachObjective) {
  EXPECT_EQ(Rows("SELECT objective, trial, value FROM best ORDER BY objective, trial"),
            "error|1|0.1\nerror|4|0.1\nrank_disparity|0|0.02\n");
}

TEST_F(TablesTest, ParametersKeepTheirTypesAndInactiveOnesAreAbsent) {
  EXPECT_EQ(Rows("SELECT name, typeof(value), COUNT(*) > 0 FROM params GROUP BY 1, 2 ORDER BY 1"),
            "batch|integer|1\nedge|text|1\nlr_sgd|real|1\noptimizer|text|1\n");
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM params a JOIN params b USING (trial)"
                 " WHERE a.name = 'optimizer' AND a.value = 'Adam' AND b.name = 'lr_sgd'"),
            "0\n");
}

TEST_F(TablesTest, AssignmentsTellHowEachEnded) {
  EXPECT_EQ(Rows("SELECT state, COUNT(*) > 0 FROM assignments GROUP BY state ORDER BY state"),
            "completed|1\nfailed|1\nlost|1\nreturned|1\nstopped|1\n");
  EXPECT_EQ(Rows("SELECT DISTINCT reason, log FROM assignments WHERE state = 'failed'"
                 " AND log LIKE '%quoted%'"),
            "exit status 134|abort\n\"quoted\" line\n");
}

TEST_F(TablesTest, LateReportsAreMarkedAndCountForNothing) {
  EXPECT_EQ(Rows("SELECT resource, superseded FROM reports WHERE superseded = 1"), "1|1\n");
}

TEST_F(TablesTest, EvaluationsHoldReferenceLinesAndRetrainings) {
  EXPECT_EQ(Rows("SELECT kind, name, trial, split, metric, value FROM evaluations"
                 " WHERE metric = 'error' ORDER BY job"),
            "baseline|pixels|NULL|validation|error|0.22\n"
            "retrain||0|test|error|0.31\nretrain||0|test|error|0.33\n");
}

TEST_F(TablesTest, TheScriptHoldsEveryKindOfEventThatChangesATable) {
  const std::set<std::string> unused = {
      "checkpoint_damaged", "worker_left",     "reference_point_set", "suggestion_declined",
      "model_fitted",       "result_imported", "suggestion_ignored"};
  const std::string types = Rows("SELECT DISTINCT type FROM events");
  std::set<std::string> missing;
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    const auto look = [&](std::string_view name) {
      if (types.find(std::string(name) + "\n") == std::string::npos) missing.emplace(name);
    };
    (look(std::variant_alternative_t<i, EventBody>::kName), ...);
  }
  (std::make_index_sequence<std::variant_size_v<EventBody>>());
  for (const std::string& name : missing) EXPECT_TRUE(unused.contains(name)) << name;
}

TEST(ViewsTest, MaximisedObjectivesAndOddNamesAreCompared) {
  TestFolder folder;
  Json json = ScriptedStudyJson();
  json["objectives"] = {{{"name", "it's \"odd\""}, {"direction", "maximize"}}, {{"name", "trial"}}};
  json["constraints"] = {{{"metric", "third"}, {"at_least", 0.1}}};
  ScriptedStudy study(SpecFrom(json));
  study.Hello("w");
  const std::vector<std::vector<double>> values = {
      {0.5, 1, 1}, {0.7, 1, 1}, {0.9, 2, 1}, {1, 0, 0}};
  for (const auto& v : values) {
    study.Trained({{"error", 0}, {"it's \"odd\"", v[0]}, {"trial", v[1]}, {"third", v[2]}});
  }
  auto store = Store::Open(folder.path(), SpecFrom(json), {});
  ASSERT_TRUE(store.ok()) << store.error().message;
  ASSERT_TRUE((*store)->Append(study.log()).ok());
  Database database = std::move(*Database::Open(folder / "trials.db", OpenMode::kReadOnly));
  EXPECT_EQ(Dump(database, "SELECT trial, \"it's \"\"odd\"\"\" FROM pareto ORDER BY 1"),
            "1|0.7\n2|0.9\n");
  EXPECT_EQ(TablesDifference(database, SpecFrom(json)), "");
}

}  // namespace
}  // namespace faretto
