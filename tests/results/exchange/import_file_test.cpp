#include "results/exchange/import_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/exchange/export.h"
#include "results/queries/format.h"
#include "results/queries/queries.h"
#include "results/store/audit.h"
#include "results/store/reader.h"
#include "results/store/sqlite.h"
#include "results/store/store.h"
#include "study/import.h"
#include "tests/results/testing/scripted_study.h"
#include "tests/results/testing/table_check.h"
#include "tests/results/testing/test_folder.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kHeader[] = "edge,optimizer,lr_sgd,batch,resource,error,rank_disparity\n";

ImportFile Read(const std::string& text) {
  auto file = ParseImportFile(ScriptedSpec(), text);
  EXPECT_TRUE(file.ok()) << file.error().message;
  return file.ok() ? *file : ImportFile{};
}

std::string ProblemOf(const std::string& text) {
  const auto file = ParseImportFile(ScriptedSpec(), text);
  if (file.ok()) return "";
  EXPECT_EQ(file.error().kind, ErrorKind::kInvalid);
  return file.error().message;
}

TEST(ImportFile, ACsvRowIsATrialWithValuesOfTheSpacesTypes) {
  const ImportFile file = Read(std::string(kHeader) + "3,SGD,0.1,32,18,0.25,0.125\n");
  ASSERT_EQ(file.trials.size(), 1u);
  EXPECT_EQ(
      file.trials[0],
      (Json{{"params", {{"edge", "3"}, {"optimizer", "SGD"}, {"lr_sgd", 0.1}, {"batch", 32}}},
            {"reports",
             {{{"resource", 18}, {"values", {{"error", 0.25}, {"rank_disparity", 0.125}}}}}}}));
}

TEST(ImportFile, RowsOfOneConfigurationAreOneTrialWithRisingResources) {
  const ImportFile file = Read(std::string(kHeader) +
                               "3,Adam,,32,18,0.2,0.1\n"
                               "4,Adam,,32,18,0.2,0.1\n"
                               "3,Adam,,32,2,0.4,0.1\n");
  ASSERT_EQ(file.trials.size(), 2u);
  EXPECT_EQ(file.trials[0]["reports"][0]["resource"], 2);
  EXPECT_EQ(file.trials[0]["reports"][1]["resource"], 18);
}

TEST(ImportFile, WithoutAResourceTheValuesStandAtTheTop) {
  const ImportFile file = Read("edge,optimizer,batch,error,rank_disparity\n3,Adam,32,0.2,0.1\n");
  EXPECT_EQ(file.trials[0]["reports"][0]["resource"], 18);
}

TEST(ImportFile, BlanksAroundANumberMeanNothing) {
  const ImportFile file =
      Read("edge,optimizer,batch,error,rank_disparity\n3,Adam, 32 ,\t0.25, 0.125\n");
  EXPECT_EQ(file.trials[0]["params"]["batch"], 32);
  EXPECT_EQ(file.trials[0]["reports"][0]["values"],
            (Json{{"error", 0.25}, {"rank_disparity", 0.125}}));
}

TEST(ImportFile, AFailureNeedsNoValues) {
  const ImportFile file = Read(
      "edge,optimizer,batch,error,rank_disparity,failed,reason\n"
      "3,Adam,32,,,1,out of memory\n4,Adam,32,0.2,0.1,0,\n");
  EXPECT_EQ(file.trials[0]["failure"], "out of memory");
  EXPECT_FALSE(file.trials[1].contains("failure"));
}

TEST(ImportFile, TheColumnFailedSaysYesNoOrWhy) {
  const ImportFile file = Read(
      "edge,optimizer,batch,error,rank_disparity,failed\n"
      "1,Adam,32,0.2,0.1,0.0\n2,Adam,32,0.2,0.1,n\n3,Adam,32,0.2,0.1,FALSE\n"
      "4,Adam,32,0.2,0.1,nan\n5,Adam,32,,,1.0\n6,Adam,32,,,Yes\n7,Adam,32,,,out of memory\n");
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(file.trials[i].contains("failure")) << i;
  EXPECT_EQ(file.trials[4]["failure"], "failed elsewhere");
  EXPECT_EQ(file.trials[5]["failure"], "failed elsewhere");
  EXPECT_EQ(file.trials[6]["failure"], "out of memory");
}

TEST(ImportFile, AFailureKeepsTheResultsBelowIt) {
  const ImportFile file = Read(
      "edge,optimizer,batch,resource,error,rank_disparity,failed\n"
      "1,Adam,32,2,0.2,0.1,1\n2,Adam,32,2,0.2,0.1,\n2,Adam,32,6,,,1\n3,Adam,32,6,,,1\n");
  const auto trials = ParseImport(ScriptedSpec(), file.trials);
  ASSERT_TRUE(trials.ok()) << trials.error().message;
  EXPECT_EQ((*trials)[0].results.size(), 1u);
  EXPECT_EQ((*trials)[0].target, 6) << "the next rung";
  EXPECT_EQ((*trials)[1].results.size(), 1u);
  EXPECT_EQ((*trials)[1].target, 6);
  EXPECT_EQ((*trials)[2].target, 6);
}

TEST(ImportFile, AFailureBesideAResultFurtherOnIsRefused) {
  const std::string header = "edge,optimizer,batch,resource,error,rank_disparity,failed\n";
  EXPECT_EQ(ProblemOf(header + "3,Adam,32,6,,,1\n3,Adam,32,18,0.2,0.1,\n"),
            "row 2 (line 3): it failed at resource 6, and yet there is a result at resource 18");
  EXPECT_THAT(ProblemOf(header + "3,Adam,32,,1,1,1\n"),
              HasSubstr("row 1 (line 2): it has failed, and yet there is a result at max_resource, "
                        "18; leave one"));
}

TEST(ImportFile, AStateIsOneOfATrials) {
  EXPECT_THAT(
      ProblemOf("edge,optimizer,batch,error,rank_disparity,state\n3,Adam,32,1,1,FAILED\n"),
      HasSubstr("row 1 (line 2): the state \"FAILED\" is not one (did you mean \"failed\"?)"));
  EXPECT_THAT(ProblemOf(R"([{"params": {"edge": "3", "optimizer": "Adam", "batch": 32},
                             "state": "banana", "values": {"error": 1, "rank_disparity": 1}}])"),
              HasSubstr("the state \"banana\" is not one (known: waiting, "));
}

TEST(ImportFile, AResourceStandsOnceAmongTheReportsOfATrialOfUnknownOrigin) {
  const std::string reports =
      R"("params": {"edge": "3", "optimizer": "Adam", "batch": 32}, "reports": [
      {"resource": 2, "values": {"error": 1, "rank_disparity": 1}},
      {"resource": 2, "values": {"error": 0.5, "rank_disparity": 1}}]}])";
  EXPECT_THAT(ProblemOf("[{" + reports), HasSubstr("resource 2 stands there already"));
  EXPECT_EQ(Read("[{\"id\": 4, " + reports).trials[0]["reports"][0]["values"]["error"], 0.5);
}

TEST(ImportFile, JsonTakesTheResourceCostAndFailureOfATrial) {
  const ImportFile file = Read(R"([
    {"params": {"edge": "3", "optimizer": "Adam", "batch": 32}, "resource": 6, "cost": 5,
     "values": {"error": 0.2, "rank_disparity": 0.1, "other": 3}},
    {"params": {"edge": "4", "optimizer": "Adam", "batch": 32}, "failed": "crash"}])");
  EXPECT_EQ(file.trials[0]["reports"][0]["cost"], 5);
  EXPECT_EQ(file.trials[0]["reports"][0]["values"]["other"], 3);
  EXPECT_EQ(file.trials[1]["failure"], "crash");
}

// What must come out when a study is read from any of its exports.
void ExpectWholeStudy(const ImportFile& file, const ScriptedStudy& study) {
  std::int64_t with_result = 0;
  for (const TrialRow& row : TrialRows(study.view()))
    with_result += row.state == TrialState::kFailed || !row.values.empty() ? 1 : 0;
  EXPECT_EQ(static_cast<std::int64_t>(file.trials.size()), with_result);
  const auto trials = ParseImport(ScriptedSpec(), file.trials);
  ASSERT_TRUE(trials.ok()) << trials.error().message;
}

TEST(ImportFile, WhatTrialsPrintsCanBeImported) {
  const EventfulStudy study;
  const Document document = TrialsDocument(study.view(), TrialRows(study.view()));
  ExpectWholeStudy(Read(Render(document, OutputFormat::kJson)), study);
  ExpectWholeStudy(Read(Render(document, OutputFormat::kCsv)), study);
}

TEST(ImportFile, WhatExportPrintsCanBeImported) {
  const EventfulStudy study;
  const ImportFile json = Read(*ExportStudy(study.view(), study.history(), ExportFormat::kJson));
  ExpectWholeStudy(json, study);
  const ImportFile csv = Read(*ExportStudy(study.view(), study.history(), ExportFormat::kCsv));
  ExpectWholeStudy(csv, study);
}

TEST(ImportFile, EveryWrongRowGetsASentenceWithItsNumber) {
  const std::string problem = ProblemOf(std::string(kHeader) +
                                        "3,Adam,,32,18,0.2,0.1\n"
                                        "9,Adam,,32,18,0.2,0.1\n"
                                        "4,Adam,,32,18,abc,0.1\n"
                                        "5,Adam,,32,18,0.2,\n");
  EXPECT_THAT(problem, HasSubstr("row 2 (line 3): "));
  EXPECT_THAT(problem, HasSubstr("edge"));
  EXPECT_THAT(problem, HasSubstr("row 3 (line 4): error must be a finite number"));
  EXPECT_THAT(problem, HasSubstr("row 4 (line 5): "));
  EXPECT_THAT(problem, HasSubstr("rank_disparity"));
}

TEST(ImportFile, WrongRowsStandInTheOrderOfTheFileWhateverIsWrong) {
  const std::string problem =
      ProblemOf(std::string(kHeader) +
                "4,Adam,,32,18,0.2,\n"       // Found when trials are put together.
                "9,Adam,,32,18,0.2,0.1\n"    // Found by the space.
                "5,Adam,,32,18,abc,0.1\n");  // Found when read.
  EXPECT_LT(problem.find("row 1 (line 2)"), problem.find("row 2 (line 3)")) << problem;
  EXPECT_LT(problem.find("row 2 (line 3)"), problem.find("row 3 (line 4)")) << problem;
  EXPECT_THAT(problem, HasSubstr("row 3 (line 4)"));
}

TEST(ImportFile, AWrongRowIsNamedAmongSeveralOfOneConfiguration) {
  const std::string three = std::string(kHeader) +
                            "3,Adam,,32,2,0.4,0.1\n"
                            "4,Adam,,32,2,0.2,0.1\n";
  EXPECT_EQ(ProblemOf(three + "3,Adam,,32,99,0.2,0.1\n"),
            "row 3 (line 4): resource 99 is not from 1 to max_resource, 18");
  EXPECT_THAT(ProblemOf(three + "3,Adam,,32,1.5,0.2,0.1\n"), HasSubstr("row 3 (line 4): resource"));
  EXPECT_THAT(ProblemOf(three + "3,Adam,,32,18,0.2,\n"),
              HasSubstr("row 3 (line 4): there is no value of the objective \"rank_disparity\""));
  const std::string both =
      ProblemOf(three + "3,Adam,,32,99,0.2,0.1\n3,Adam,,32,0,0.2,0.1\n4,Adam,,32,2,0.2,0.1\n");
  EXPECT_THAT(both, HasSubstr("row 3 (line 4): "));
  EXPECT_THAT(both, HasSubstr("row 4 (line 5): "));
  EXPECT_THAT(both, HasSubstr("row 5 (line 6): it repeats the configuration of row 2 (line 3)"));
}

TEST(ImportFile, RefusesWhatItCannotRead) {
  EXPECT_THAT(ProblemOf(""), HasSubstr("empty"));
  EXPECT_THAT(ProblemOf("{"), HasSubstr("line 1"));
  EXPECT_THAT(ProblemOf("{\"trial\": []}"), HasSubstr("\"trials\""));
  EXPECT_THAT(ProblemOf("[3]"), HasSubstr("trial 1: it must be an object"));
  EXPECT_THAT(ProblemOf(R"([{"params": {}, "vales": {}}])"), HasSubstr("did you mean \"values\""));
  EXPECT_THAT(ProblemOf("edgy,optimizer\n1,Adam\n"), HasSubstr("did you mean \"edge\""));
  EXPECT_THAT(ProblemOf("params.edge,optimizer\n1,Adam\n"),
              HasSubstr("\"optimizer\" must be named \"params.optimizer\""));
  EXPECT_THAT(ProblemOf("edge;optimizer;batch;error;rank_disparity\n3;SGD;32;0,2;0,1\n"),
              HasSubstr("line 1: the columns must be separated by commas"));
  EXPECT_THAT(ProblemOf("edge,optimizer,batch,error,rank_disparity\n3,SGD,32,0.2,0.1\n"),
              HasSubstr("lr_sgd"));
  EXPECT_THAT(ProblemOf("edge,optimizer,batch,error,rank_disparity\n3,Adam,32,0.2\n"),
              HasSubstr("line 2"));
}

TEST(ImportFile, ACsvCellThatMayStandForTwoChoicesIsRefused) {
  const StudySpec spec = *ParseStudy(R"({
    "name": "s", "objectives": [{"name": "error"}],
    "space": {"parameters": [
      {"name": "a", "type": "categorical", "choices": [1, "1", 2, "x", "\"x\""]},
      {"name": "b", "type": "categorical", "choices": ["", "y"]}]}})",
                                     StudyUse::kAskTell);
  const auto problem = [&](const std::string& row) {
    const auto file = ParseImportFile(spec, "a,b,error\n" + row + ",0.5\n");
    return file.ok() ? "" : file.error().message;
  };
  EXPECT_EQ(problem("2,y"), "");
  EXPECT_EQ(problem("1.0,y"), "");
  EXPECT_EQ(problem("x,y"), "");
  EXPECT_EQ(problem("\"\"\"x\"\"\",y"), "") << "text of its own";
  EXPECT_THAT(problem("1,y"), HasSubstr("row 1 (line 2): a has choices that look the same in a CSV "
                                        "file, 1 and \"1\"; import them as JSON"));
  EXPECT_THAT(problem("2,"), HasSubstr("b has the choice \"\", which looks like no value"));
}

TEST(ImportFile, ARepeatedResourceIsRefusedUnlessItIsTheSameTrialTrainedAgain) {
  const std::string rows = "3,Adam,32,18,0.2,0.1\n3,Adam,32,18,0.3,0.1\n";
  EXPECT_THAT(ProblemOf("edge,optimizer,batch,resource,error,rank_disparity\n" + rows),
              HasSubstr("row 2 (line 3): it repeats the configuration of row 1"));
  const ImportFile again = Read(
      "id,edge,optimizer,batch,resource,error,rank_disparity\n"
      "7,3,Adam,32,18,0.2,0.1\n7,3,Adam,32,18,0.3,0.1\n");
  EXPECT_EQ(again.trials[0]["reports"][0]["values"]["error"], 0.3);
}

// An imported study in a store.
class ImportStoreTest : public ::testing::Test {
 protected:
  ImportStoreTest() : machine_(ScriptedSpec()) {
    store_ = std::move(*Store::Open(folder_.path(), ScriptedSpec(), {}));
    Keep(machine_.Start({"host", 1, "build", "isa"}, {}, 0));
    const ImportFile file = Read(
        "edge,optimizer,batch,resource,error,rank_disparity,failure\n"
        "1,Adam,32,2,0.5,0.1,\n1,Adam,32,18,0.2,0.1,\n2,Adam,32,18,0.1,0.3,\n"
        "3,Adam,32,18,0.3,0.3,\n4,Adam,32,,,,crash\n5,Adam,32,2,0.1,0.1,\n");
    Keep(machine_.Import({}, file.trials, 0));
  }

  void Keep(const Outcome& outcome) { ASSERT_TRUE(store_->Append(outcome.events).ok()); }

  TestFolder folder_;
  Machine machine_;
  std::unique_ptr<Store> store_;
};

TEST_F(ImportStoreTest, TheTablesFollowFromTheEvents) {
  const auto findings = AuditStore(folder_.path());
  ASSERT_TRUE(findings.ok()) << findings.error().message;
  EXPECT_THAT(*findings, ElementsAre());
  auto database = std::move(*Database::Open(folder_ / "trials.db", OpenMode::kReadWrite));
  EXPECT_EQ(TablesDifference(database, ScriptedSpec()), "");
  EXPECT_EQ(Dump(database, "SELECT trial FROM pareto ORDER BY trial"), "0\n1\n");
  EXPECT_EQ(Dump(database, "SELECT trial, state, origin FROM trials ORDER BY trial"),
            "0|completed|imported\n1|completed|imported\n2|completed|imported\n"
            "3|failed|imported\n4|paused|imported\n");
}

TEST_F(ImportStoreTest, AReaderSeesTheTrialsOnTheFrontAndInTheHistory) {
  const auto study = StudyReader::OpenWithHistory(folder_.path());
  ASSERT_TRUE(study.ok()) << study.error().message;
  const auto front = StudyFront(study->view(), {});
  ASSERT_TRUE(front.ok());
  EXPECT_EQ(front->trials.size(), 2u);
  EXPECT_EQ(study->history().reports.size(), 5u);
  EXPECT_EQ(study->history().failures.size(), 1u);
}

}  // namespace
}  // namespace faretto
