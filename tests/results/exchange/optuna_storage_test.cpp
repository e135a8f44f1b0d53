// That Optuna itself reads it is checked by benchmarks/peers/optuna_export_test.py.
#include "results/exchange/optuna_storage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "results/exchange/export.h"
#include "results/queries/queries.h"
#include "results/store/sqlite.h"
#include "tests/results/testing/scripted_study.h"
#include "tests/results/testing/table_check.h"
#include "tests/results/testing/test_folder.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Json SingleObjective() {
  Json json = ScriptedStudyJson();
  json["objectives"] = *ParseJson(R"([{"name": "error", "direction": "maximize"}])");
  json["constraints"] = *ParseJson(
      R"([{"metric": "error", "at_least": 0.25, "at_most": 0.75}, {"metric": "size", "at_most": 8}])");
  return json;
}

class Storage {
 public:
  explicit Storage(const ScriptedStudy& study) {
    const auto bytes = ExportStudy(study.view(), study.history(), ExportFormat::kOptuna);
    EXPECT_TRUE(bytes.ok() && WriteFileAtomically(folder_ / "o.db", *bytes).ok());
    database_ = std::move(*Database::Open(folder_ / "o.db", OpenMode::kReadOnly));
  }

  // The first column of every row.
  std::vector<std::string> operator()(const std::string& sql) {
    auto statement = database_.Prepare(sql);
    if (!statement.ok()) return {statement.error().message};
    std::vector<std::string> rows;
    while (*statement->Step()) rows.push_back(statement->Text(0));
    return rows;
  }

  // A trial's user attribute as text, empty if it has none.
  std::string Attribute(TrialId number, const std::string& key) {
    const auto rows = (*this)("SELECT value_json FROM trial_user_attributes WHERE trial_id = " +
                              std::to_string(number + 1) + " AND key = '" + key + "'");
    return rows.empty() ? "" : rows[0];
  }

 private:
  TestFolder folder_;
  Database database_;
};

TEST(OptunaStorageTest, IsASoundDatabaseOfOptunasVersion) {
  Storage storage{EventfulStudy()};
  EXPECT_THAT(storage("PRAGMA integrity_check"), ElementsAre("ok"));
  EXPECT_THAT(storage("PRAGMA foreign_key_check"), ElementsAre());
  EXPECT_THAT(storage("SELECT version_num FROM alembic_version"), ElementsAre("v3.2.0.a"));
  EXPECT_THAT(storage("SELECT schema_version FROM version_info"), ElementsAre("12"));
  EXPECT_THAT(storage("SELECT study_name FROM studies"), ElementsAre("scripted"));
  EXPECT_THAT(storage("SELECT direction FROM study_directions ORDER BY objective"),
              ElementsAre("MINIMIZE", "MINIMIZE"));
  EXPECT_THAT(storage("SELECT value_json FROM study_system_attributes"),
              ElementsAre(R"(["error","rank_disparity"])"));
  const auto file =
      storage("SELECT value_json FROM study_user_attributes WHERE key = 'study_file'");
  ASSERT_EQ(file.size(), 1u);
  EXPECT_EQ(*ParseJson(file[0]), ScriptedStudyJson());
}

TEST(OptunaStorageTest, StatesAreThoseThatAnOptunaUserExpects) {
  ScriptedStudy study;
  study.Hello("w");
  study.Hello("v");
  study.Trained({{"error", 0.3}, {"rank_disparity", 0.02}});     // 0: at the top
  study.Trained({{"error", 0.3}, {"rank_disparity", 0.02}}, 2);  // 1: paused at a rung
  study.Fail("w", study.Ask("w"), "collapsed");                  // 2: failed
  const Json returned = study.Ask("w");                          // 3: waits for its second attempt
  study.Ask("v");                                                // 4: runs
  study.HandBack("w", returned);
  Storage storage(study);
  EXPECT_THAT(storage("SELECT state FROM trials ORDER BY number"),
              ElementsAre("COMPLETE", "PRUNED", "FAIL", "WAITING", "RUNNING"));
  EXPECT_THAT(storage("SELECT number FROM trials WHERE datetime_start IS NULL"), ElementsAre());
  EXPECT_THAT(storage("SELECT number FROM trials WHERE datetime_complete IS NULL"),
              ElementsAre("3", "4"));
  EXPECT_EQ(storage.Attribute(2, "failure"), "\"collapsed\"");
  EXPECT_EQ(storage.Attribute(3, "state"), "\"waiting\"");
}

TEST(OptunaStorageTest, CompleteFeasibleNonDominatedTrialsAreTheFront) {
  const EventfulStudy study;
  Storage storage(study);
  const auto values = [](const std::string& objective) {
    return "(SELECT trial_id t, value FROM trial_values WHERE objective = " + objective + ")";
  };
  const std::string feasible =
      "SELECT a.t, a.value x, b.value y FROM " + values("0") + " a JOIN " + values("1") +
      " b USING (t) JOIN trials ON trial_id = t JOIN "
      "trial_system_attributes s USING (trial_id) WHERE state = 'COMPLETE' "
      "AND s.key = 'constraints' AND s.value_json ->> 0 <= 0";
  const auto front = storage("WITH f AS (" + feasible +
                             ") SELECT number FROM f JOIN trials ON trial_id = t WHERE NOT EXISTS "
                             "(SELECT 1 FROM f g WHERE g.x <= f.x AND g.y <= f.y AND (g.x < f.x OR "
                             "g.y < f.y)) ORDER BY f.x, number");
  std::vector<std::string> expected;
  const auto ours = StudyFront(study.view(), {});
  for (const TrialRow& row : ours->trials) expected.push_back(std::to_string(row.id));
  EXPECT_EQ(front, expected);
  EXPECT_EQ(front.size(), 3u);
}

TEST(OptunaStorageTest, ParametersHaveTheirDistributionsAndInactiveOnesNoRow) {
  Json json = ScriptedStudyJson();
  json["space"]["parameters"] = *ParseJson(R"([
    {"name": "optimizer", "type": "categorical", "choices": ["Adam", "SGD"]},
    {"name": "lr_sgd", "type": "float", "low": 0.01, "high": 1, "log": true},
    {"name": "drop", "type": "float", "low": 0.1, "high": 0.75, "step": 0.1},
    {"name": "thirds", "type": "float", "low": 0.3333333333333333, "high": 0.99, "step": 0.1},
    {"name": "layers", "type": "int", "low": 1, "high": 8, "step": 3},
    {"name": "width", "type": "int", "low": 4, "high": 64, "log": true},
    {"name": "batch", "type": "ordinal", "choices": [16, 32.5, "all"]}])");
  ScriptedStudy study(SpecFrom(json));
  study.Hello("w");
  for (int i = 0; i < 12; ++i) study.Trained({{"error", 0.3}, {"rank_disparity", 0.02}}, 2);
  Storage storage(study);
  const auto distribution = [&](const std::string& name) {
    const auto rows = storage(
        "SELECT DISTINCT distribution_json FROM trial_params WHERE param_name = '" + name + "'");
    return rows.size() == 1 ? *ParseJson(rows[0]) : Json();
  };
  const auto of = [](const char* name, const char* attributes) {
    return Json{{"name", name}, {"attributes", *ParseJson(attributes)}};
  };
  EXPECT_EQ(distribution("optimizer"),
            of("CategoricalDistribution", R"({"choices": ["Adam", "SGD"]})"));
  EXPECT_EQ(distribution("batch"),
            of("CategoricalDistribution", R"({"choices": [16, 32.5, "all"]})"));
  EXPECT_EQ(distribution("lr_sgd"),
            of("FloatDistribution", R"({"step": null, "low": 0.01, "high": 1.0, "log": true})"));
  EXPECT_EQ(distribution("drop"),
            of("FloatDistribution", R"({"step": 0.1, "low": 0.1, "high": 0.7, "log": false})"));
  EXPECT_EQ(distribution("thirds")["attributes"]["high"], 0.9333333333333333);
  EXPECT_EQ(distribution("layers"),
            of("IntDistribution", R"({"log": false, "step": 3, "low": 1, "high": 7})"));
  EXPECT_EQ(distribution("width"),
            of("IntDistribution", R"({"log": true, "step": 1, "low": 4, "high": 64})"));

  for (const Trial& trial : study.view().state.trials()) {
    const std::string id = std::to_string(trial.id + 1);
    EXPECT_EQ(storage("SELECT param_name FROM trial_params WHERE trial_id = " + id).size(),
              trial.params.size());
    const auto choice = storage(
        "SELECT distribution_json ->> ('$.attributes.choices[' || CAST(param_value AS INTEGER) || "
        "']') FROM trial_params WHERE param_name = 'optimizer' AND trial_id = " +
        id);
    EXPECT_THAT(choice, ElementsAre(trial.params["optimizer"].get<std::string>()));
  }
  EXPECT_THAT(storage("SELECT 1 FROM trial_params WHERE param_name = 'drop' AND param_value > 0.7"),
              ElementsAre());
}

TEST(OptunaStorageTest, ASingleObjectiveHasIntermediateValuesAndPrunedOnesTheirNewest) {
  ScriptedStudy study(SpecFrom(SingleObjective()));
  study.Hello("w");
  study.Trained({{"error", 0.5}, {"size", 3}});
  study.Trained({{"error", 0.25}, {"size", 10}}, 2);
  Storage storage(study);
  EXPECT_THAT(storage("SELECT direction FROM study_directions"), ElementsAre("MAXIMIZE"));
  EXPECT_THAT(
      storage("SELECT state || ' ' || value FROM trials JOIN trial_values USING (trial_id)"),
      ElementsAre("COMPLETE 0.5", "PRUNED 0.25"));
  EXPECT_THAT(storage("SELECT step FROM trial_intermediate_values WHERE trial_id = 2"),
              ElementsAre("1", "2"));
  EXPECT_EQ(storage("SELECT 1 FROM trial_intermediate_values WHERE trial_id = 1").size(), 18u);
  EXPECT_EQ(storage.Attribute(1, "resource"), "2");
  EXPECT_EQ(storage.Attribute(1, "values.size"), "10.0");
  EXPECT_EQ(storage.Attribute(1, "values.error"), "");
}

TEST(OptunaStorageTest, SeveralObjectivesHaveNoIntermediateValuesButTheirReports) {
  const EventfulStudy study;
  Storage storage(study);
  EXPECT_THAT(storage("SELECT * FROM trial_intermediate_values"), ElementsAre());
  EXPECT_THAT(storage("SELECT value FROM trial_values JOIN trials USING (trial_id) WHERE state <> "
                      "'COMPLETE'"),
              ElementsAre());
  EXPECT_EQ(storage.Attribute(5, "values.error"), "0.05");
  EXPECT_EQ(storage.Attribute(5, "origin"), "\"test\"");
  EXPECT_EQ(storage.Attribute(5, "seed"), std::to_string(study.view().state.trials()[5].seed));
  EXPECT_EQ(ParseJson(storage.Attribute(0, "reports"))->size(), 18u);
}

TEST(OptunaStorageTest, EveryBoundIsAConstraintAndAMissingMetricViolatesByInfinity) {
  ScriptedStudy study(SpecFrom(SingleObjective()));
  study.Hello("w");
  study.Trained({{"error", 0.5}, {"size", 3}});
  study.Trained({{"error", 1}});
  Storage storage(study);
  EXPECT_THAT(storage("SELECT value_json FROM trial_system_attributes ORDER BY trial_id"),
              ElementsAre("[-0.25, -0.25, -5.0]", "[0.25, -0.75, Infinity]"));
}

TEST(OptunaStorageTest, TimesAreThoseOfTheFirstAssignmentAndTheNewestEvent) {
  ScriptedStudy study;
  study.Hello("w");
  const Json assignment = study.Ask("w");  // at 1
  study.Tick(2.5);
  study.Report("w", assignment, 1, {{"error", 0.5}, {"rank_disparity", 0.1}});  // at 4.5
  study.Fail("w", assignment, "collapsed");
  study.Tick(100);
  Storage storage(study);
  EXPECT_THAT(storage("SELECT datetime_start || ' ' || datetime_complete FROM trials"),
              ElementsAre("2023-11-14 22:13:21.000000 2023-11-14 22:13:24.500000"));
}

TEST(OptunaStorageTest, AStudyWithoutTrialsIsAnEmptyOne) {
  Storage storage{ScriptedStudy()};
  EXPECT_THAT(storage("SELECT COUNT(*) FROM studies"), ElementsAre("1"));
  EXPECT_THAT(storage("SELECT COUNT(*) FROM trials"), ElementsAre("0"));
}

}  // namespace
}  // namespace faretto
