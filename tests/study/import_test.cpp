#include "study/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "machine_fixture.h"
#include "tests/study/reply_json.h"

namespace faretto {
namespace {

using testing::HasSubstr;

Json Report(std::int64_t resource, double f1 = 1, double f2 = 2) {
  return {{"resource", resource}, {"values", {{"f1", f1}, {"f2", f2}}}, {"cost", 3}};
}

Json Made(double x, std::initializer_list<std::int64_t> resources) {
  Json json = {{"params", {{"x1", x}, {"x2", x}}}, {"reports", Json::array()}};
  for (const std::int64_t resource : resources) json["reports"].push_back(Report(resource));
  return json;
}

Json Broken(double x, const std::string& reason) {
  return {{"params", {{"x1", x}, {"x2", x}}}, {"failure", reason}};
}

class ImportTest : public MachineTest {
 protected:
  Json Import(const Json& trials) {
    return JsonOf(Keep(machine_->Import(Next("client"), trials, now_)));
  }
};

TEST_F(ImportTest, AResultAtTheTopIsACompletedTrial) {
  const Json reply = Import(Json::array({Made(0.5, {2, 18})}));
  EXPECT_EQ(reply["imported"], 1);
  EXPECT_EQ(TrialOf(0).state, TrialState::kCompleted);
  EXPECT_EQ(TrialOf(0).origin, "imported");
  EXPECT_EQ(TrialOf(0).ReportAt(18)->values.at("f2"), 2);
  EXPECT_EQ(TrialOf(0).ReportAt(2)->cost, 3);
  EXPECT_EQ(TrialOf(0).reached, 18);
}

TEST_F(ImportTest, AResultBelowTheTopIsAPausedTrialThatIsTrainedFromZeroWhenPromoted) {
  Hello("w");
  Import(Json::array({Made(0.5, {2})}));
  EXPECT_EQ(TrialOf(0).state, TrialState::kPaused);
  promotion_ = Promotion{0, 6, nullptr};
  const Json next = JsonOf(Ask("w"));
  EXPECT_EQ(next["trial"], 0);
  EXPECT_EQ(next["from"], 0);
  EXPECT_EQ(next["to"], 6);
}

TEST_F(ImportTest, AnOutsideProgramTrainsAnImportedTrialFromZeroToo) {
  Import(Json::array({Made(0.5, {2})}));
  promotion_ = Promotion{0, 6, nullptr};
  const Json next = JsonOf(Ask("ask-tell", false));
  EXPECT_EQ(next["trial"], 0);
  EXPECT_EQ(next["from"], 0);
  EXPECT_EQ(JsonOf(Keep(machine_->Tell(0, 6, {{"f1", 1}, {"f2", 2}}, 0, now_)))["type"], "ok");
  EXPECT_EQ(machine_->state().spent_resource(), 6);
  promotion_ = Promotion{0, 18, nullptr};
  EXPECT_EQ(JsonOf(Ask("ask-tell", false))["from"], 6) << "it goes on from its own";
}

TEST_F(ImportTest, AFailureWithAReportWhereItFailedKeepsTheReportsBelow) {
  Json failed = Made(0.5, {2, 6});
  failed["failure"] = "out of memory";
  failed["target"] = 6;
  const Json reply = Import(Json::array({failed, Made(0.6, {2})}));
  EXPECT_EQ(reply["imported"], 2);
  EXPECT_EQ(TrialOf(0).state, TrialState::kFailed);
  EXPECT_EQ(TrialOf(0).target, 6);
  EXPECT_NE(TrialOf(0).ReportAt(2), nullptr);
  EXPECT_EQ(TrialOf(0).ReportAt(6), nullptr);
}

TEST_F(ImportTest, AFailureIsAFailedTrialThatWasSentToTheTop) {
  Import(Json::array({Broken(0.5, "out of memory")}));
  EXPECT_EQ(TrialOf(0).state, TrialState::kFailed);
  EXPECT_EQ(TrialOf(0).failure->reason, "out of memory");
  EXPECT_EQ(TrialOf(0).target, 18);
}

TEST_F(ImportTest, AFailureBetweenRungsWasOnItsWayToTheNext) {
  const auto target = [&](const char* fidelity, std::int64_t failed_at) {
    Json json = StudyJson();
    json["algorithm"]["fidelity"] = fidelity;
    Make(json);
    Json broken = Broken(0.5, "out of memory");
    broken["target"] = failed_at;
    Import(Json::array({broken}));
    Hello("w");
    // Tried again, it comes to where trials are compared.
    Keep(machine_->Retry(Next("client"), 0, now_));
    EXPECT_EQ(JsonOf(Ask("w"))["to"], TrialOf(0).target);
    return TrialOf(0).target;
  };
  EXPECT_EQ(target("asha", 5), 6);
  EXPECT_EQ(target("asha", 6), 6);
  EXPECT_EQ(target("asha", 7), 18);
  EXPECT_EQ(target("full", 5), 18);
  EXPECT_EQ(target("hyperband", 6), 18);
}

TEST_F(ImportTest, NeitherTheTrialNorTheResourceBudgetIsUsed) {
  Json json = StudyJson();
  json["budget"] = {{"trials", 1}, {"resource", 18}};
  Make(json);
  Import(Json::array({Made(0.5, {18}), Made(0.6, {18})}));
  EXPECT_EQ(machine_->state().spent_resource(), 0);
  EXPECT_EQ(machine_->state().budgeted_trials(), 0);
  const Json enqueued =
      JsonOf(Keep(machine_->Enqueue(Next("client"), {{"x1", 0.1}, {"x2", 0.1}}, now_)));
  EXPECT_EQ(enqueued["type"], "ok");
  EXPECT_EQ(machine_->state().budgeted_trials(), 1);
}

TEST_F(ImportTest, TheSameImportAgainAddsNothing) {
  const Json trials = Json::array({Made(0.5, {18}), Broken(0.6, "crash")});
  Import(trials);
  const std::int64_t events = machine_->state().sequence();
  const Json again = Import(trials);
  EXPECT_EQ(again["imported"], 0);
  EXPECT_EQ(again["known"], 2);
  EXPECT_EQ(machine_->state().sequence(), events);
}

TEST_F(ImportTest, OneWrongTrialAndNothingIsImported) {
  const Json reply = Import(Json::array({Made(0.5, {18}), Made(7, {18})}));
  EXPECT_EQ(reply["type"], "error");
  EXPECT_EQ(reply["exit"], 2);
  EXPECT_THAT(reply["message"].get<std::string>(), HasSubstr("trial 2"));
  EXPECT_TRUE(machine_->state().trials().empty());
}

TEST_F(ImportTest, AFinishedStudyTakesResultsAndStaysFinished) {
  Hello("w");
  Keep(machine_->StopStudy(Next("client"), now_));
  EXPECT_EQ(JsonOf(Ask("w"))["type"], "finished");
  Import(Json::array({Made(0.5, {2}), Made(0.6, {18})}));
  EXPECT_TRUE(machine_->state().finished());
  EXPECT_EQ(TrialOf(0).state, TrialState::kStopped);
  EXPECT_EQ(TrialOf(1).state, TrialState::kCompleted);
}

TEST_F(ImportTest, FiftyImportedFailuresDoNotEndTheStudy) {
  Hello("w");
  Json trials = Json::array();
  for (int i = 0; i < 60; ++i) trials.push_back(Broken(0.01 * i, "crash"));
  Import(trials);
  EXPECT_EQ(JsonOf(Ask("w"))["type"], "assignment");
}

TEST_F(ImportTest, TenImportedResultsSetTheReferencePoint) {
  Json json = StudyJson();
  json["objectives"] = Json::array({{{"name", "f1"}}, {{"name", "f2"}}});
  Make(json);
  Json trials = Json::array();
  for (int i = 0; i < 10; ++i) trials.push_back(Made(0.01 * i, {18}));
  Import(trials);
  EXPECT_TRUE(machine_->state().reference_point().has_value());
}

TEST_F(ImportTest, TheFoldOfTheEncodedEventsIsTheSameState) {
  Import(Json::array({Made(0.5, {2, 6}), Broken(0.6, "crash")}));
  Machine again(SpecOf(spec_json_));
  for (Event event : log_) {
    auto body = DecodeEventBody(*ParseJson(DumpJson(EncodeEventBody(event.body))));
    ASSERT_TRUE(body.ok()) << body.error().message;
    event.body = *body;
    ASSERT_TRUE(again.Replay(event).ok());
  }
  ASSERT_EQ(again.state().trials().size(), 2u);
  EXPECT_EQ(again.state().trials()[0].state, TrialState::kPaused);
  EXPECT_EQ(again.state().trials()[0].reports.size(), 2u);
  EXPECT_EQ(again.state().trials()[1].state, TrialState::kFailed);
  EXPECT_EQ(again.state().budgeted_trials(), 0);
}

struct WrongTrial {
  const char* name;
  Json trial;
  const char* says;
};

class WrongImportTest : public testing::TestWithParam<WrongTrial> {};

TEST_P(WrongImportTest, IsRefusedWithASentence) {
  const auto parsed = ParseImportedTrial(SpecOf(StudyJson()), GetParam().trial);
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(parsed.error().message, HasSubstr(GetParam().says));
}

Json With(const char* key, Json value) {
  Json json = Made(0.5, {18});
  json[key] = std::move(value);
  return json;
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongImportTest,
    testing::Values(
        WrongTrial{"NoObject", Json(3), "an object"},
        WrongTrial{"NothingThere", {{"params", {{"x1", 0.5}, {"x2", 0.5}}}}, "neither values"},
        WrongTrial{"UnknownParameter", With("params", {{"x1", 0.5}, {"y", 0.5}}), "y"},
        WrongTrial{"OutOfRange", With("params", {{"x1", 0.5}, {"x2", 2}}), "x2"},
        WrongTrial{"ResourceAboveTheTop", With("reports", Json::array({Report(19)})), "19"},
        WrongTrial{"ResourceBelowOne", With("reports", Json::array({Report(0)})), "resource"},
        WrongTrial{"FallingResource", With("reports", Json::array({Report(6), Report(2)})), "rise"},
        WrongTrial{"NoObjective",
                   With("reports", Json::array({{{"resource", 18}, {"values", {{"f1", 1}}}}})),
                   "\"f2\""},
        WrongTrial{"NullValue",
                   With("reports", Json::array({{{"resource", 18},
                                                 {"values", {{"f1", 1}, {"f2", nullptr}}}}})),
                   "\"f2\""},
        WrongTrial{"NegativeCost",
                   With("reports", Json::array({{{"resource", 18},
                                                 {"values", {{"f1", 1}, {"f2", 1}}},
                                                 {"cost", -1}}})),
                   "cost"},
        WrongTrial{"UnknownKey", With("resources", 3), "resources"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace faretto
