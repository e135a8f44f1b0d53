#include "study/study_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "study_text.h"

namespace faretto {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string ProblemOf(const Json& json, StudyUse use = StudyUse::kRun) {
  const auto spec = ParseStudy(DumpJson(json), use);
  if (spec.ok()) return "accepted";
  EXPECT_EQ(spec.error().kind, ErrorKind::kInvalid);
  return spec.error().message;
}

TEST(StudySpec, FillsInDefaults) {
  Json json = StudyJson();
  json.erase("algorithm");
  const StudySpec spec = SpecOf(json);
  EXPECT_EQ(spec.algorithm.searcher, "nsga2");
  EXPECT_EQ(spec.algorithm.fidelity, "asha");
  EXPECT_EQ(spec.algorithm.max_resource, 1);
  EXPECT_EQ(spec.retry.max_attempts, 3);
  EXPECT_EQ(spec.limits.stall_s, 600);
}

TEST(StudySpec, AResourceBudgetMustPayTheFirstRungOnly) {
  Json json = StudyJson();
  json["budget"]["resource"] = 10;
  for (const char* fidelity : {"asha", "hyperband"}) {
    json["algorithm"]["fidelity"] = fidelity;
    EXPECT_EQ(ProblemOf(json), "accepted") << fidelity << " begins at resource 2";
  }
  json["algorithm"]["fidelity"] = "full";
  EXPECT_THAT(ProblemOf(json), HasSubstr("too little for a single trial"));
}

TEST(StudySpec, NamesTheNearestKnownKey) {
  Json json = StudyJson();
  json["algoritm"] = json["algorithm"];
  EXPECT_THAT(ProblemOf(json),
              AllOf(HasSubstr("algoritm"), HasSubstr("did you mean \"algorithm\"")));
  json = StudyJson();
  json["budget"]["trails"] = 3;
  EXPECT_THAT(ProblemOf(json), AllOf(HasSubstr("budget.trails"), HasSubstr("\"trials\"")));
}

TEST(StudySpec, RefusesWrongTypesWithTheirPath) {
  Json json = StudyJson();
  json["budget"]["trials"] = "ten";
  EXPECT_THAT(ProblemOf(json), HasSubstr("budget.trials"));
  json = StudyJson();
  json["objectives"] = "error";
  EXPECT_THAT(ProblemOf(json), HasSubstr("objectives"));
  json = StudyJson();
  json["seed"] = 1.5;
  EXPECT_THAT(ProblemOf(json), HasSubstr("seed"));
  EXPECT_THAT(ProblemOf(Json::array()), HasSubstr("object"));
}

TEST(StudySpec, RefusesWhatContradictsItself) {
  Json json = StudyJson();
  json["algorithm"]["min_resource"] = 20;
  EXPECT_THAT(ProblemOf(json), HasSubstr("algorithm.min_resource"));
  json = StudyJson();
  json["algorithm"]["reduction_factor"] = 1;
  EXPECT_THAT(ProblemOf(json), HasSubstr("algorithm.reduction_factor"));
  json = StudyJson();
  json["budget"]["resource"] = 0;
  EXPECT_THAT(ProblemOf(json), HasSubstr("budget.resource"));
  json["budget"]["resource"] = 1;
  EXPECT_THAT(ProblemOf(json), HasSubstr("budget.resource"));
  json = StudyJson();
  json["objectives"][1]["name"] = "f1";
  EXPECT_THAT(ProblemOf(json), HasSubstr("objectives[1].name"));
  json = StudyJson();
  json["name"] = "a/b";
  EXPECT_THAT(ProblemOf(json), HasSubstr("name"));
}

TEST(StudySpec, RefusesAnObjectiveThatTheTrainerDoesNotReport) {
  Json json = StudyJson();
  json["objectives"][0]["name"] = "f7";
  EXPECT_THAT(ProblemOf(json),
              AllOf(HasSubstr("objectives[0].name"), HasSubstr("does not report")));
  json = StudyJson();
  json["constraints"] = *ParseJson(R"([{"metric":"g","at_most":1}])");
  EXPECT_THAT(ProblemOf(json), HasSubstr("constraints[0].metric"));
}

TEST(StudySpec, AskTellNeedsNoTrainerAndNoBudget) {
  Json json = StudyJson();
  json.erase("trainer");
  json.erase("budget");
  EXPECT_THAT(ProblemOf(json), HasSubstr("trainer"));
  EXPECT_EQ(ProblemOf(json, StudyUse::kAskTell), "accepted");
}

TEST(StudySpec, BudgetDoesNotBelongToTheIdentity) {
  Json json = StudyJson();
  const Json before = StudyIdentity(SpecOf(json));
  json["budget"]["resource"] = 500;
  EXPECT_EQ(IdentityDifference(before, StudyIdentity(SpecOf(json))), "");
  json["seed"] = 8;
  EXPECT_EQ(IdentityDifference(before, StudyIdentity(SpecOf(json))), "seed");
}

TEST(StudySpec, UnknownTrainersAndProblemsAreNamedWithTheNearest) {
  Json json = StudyJson();
  json["trainer"]["type"] = "functoin";
  EXPECT_THAT(ProblemOf(json), HasSubstr("did you mean \"function\""));
  json = StudyJson();
  json["trainer"]["problem"] = "zdt_1";
  EXPECT_THAT(ProblemOf(json), HasSubstr("did you mean \"zdt1\""));
}

}  // namespace
}  // namespace faretto
