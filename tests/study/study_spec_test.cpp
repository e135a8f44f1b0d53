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
  EXPECT_EQ(spec.algorithm.searcher, "");
  EXPECT_EQ(spec.algorithm.surrogate, "gp");
  EXPECT_EQ(spec.algorithm.initial, std::nullopt);
  EXPECT_EQ(spec.algorithm.lookahead, 0);
  EXPECT_EQ(spec.algorithm.cost, "resource");
  EXPECT_EQ(spec.algorithm.fidelity, "asha");
  EXPECT_EQ(spec.algorithm.max_resource, 1);
  EXPECT_EQ(spec.retry.max_attempts, 3);
  EXPECT_EQ(spec.limits.stall_s, 600);
}

TEST(StudySpec, ReadsWhatABayesianSearchTakes) {
  Json json = StudyJson();
  json["algorithm"].update(
      {{"surrogate", "rf"}, {"initial", 12}, {"lookahead", 1000}, {"cost", "reported"}});
  const StudySpec spec = SpecOf(json);
  EXPECT_EQ(spec.algorithm.surrogate, "rf");
  EXPECT_EQ(spec.algorithm.initial, 12);
  EXPECT_EQ(spec.algorithm.lookahead, 1000);
  EXPECT_EQ(spec.algorithm.cost, "reported");
}

TEST(StudySpec, RefusesAlgorithmSettingsWithTheirPath) {
  const auto problem = [](const char* key, const Json& value) {
    Json json = StudyJson();
    json["algorithm"][key] = value;
    return ProblemOf(json);
  };
  EXPECT_THAT(problem("surrogate", "gpp"),
              AllOf(HasSubstr("algorithm.surrogate"), HasSubstr("did you mean \"gp\"")));
  EXPECT_THAT(problem("cost", "reporte"),
              AllOf(HasSubstr("algorithm.cost"), HasSubstr("did you mean \"reported\"")));
  EXPECT_THAT(problem("initial", 0), HasSubstr("algorithm.initial"));
  EXPECT_THAT(problem("lookahead", -1), HasSubstr("algorithm.lookahead"));
  EXPECT_THAT(problem("lookahead", 1001), HasSubstr("algorithm.lookahead must be at most 1000"));
  EXPECT_THAT(problem("lookahead", 0.5), HasSubstr("algorithm.lookahead"));
  EXPECT_THAT(problem("searcher", ""), HasSubstr("algorithm.searcher is empty"));
}

TEST(StudySpec, AnAbsentSearcherIsAnIdentityOfItsOwn) {
  Json json = StudyJson();
  json["algorithm"]["searcher"] = "nsga2";
  const Json named = StudyIdentity(SpecOf(json));
  json["algorithm"].erase("searcher");
  const Json absent = StudyIdentity(SpecOf(json));
  EXPECT_TRUE(absent["algorithm"]["searcher"].is_null());
  EXPECT_EQ(IdentityDifference(named, absent), "algorithm");
  json["algorithm"]["lookahead"] = 2;
  EXPECT_EQ(IdentityDifference(absent, StudyIdentity(SpecOf(json))), "algorithm");
}

TEST(StudySpec, AnIdentityFromBeforeTheNewerSettingsStillFits) {
  Json json = StudyJson();
  const Json old = {{"searcher", "random"}, {"fidelity", "asha"},      {"min_resource", 2.0},
                    {"max_resource", 18.0}, {"reduction_factor", 3.0}, {"population", 20}};
  EXPECT_EQ(CanonicalJson(StudyIdentity(SpecOf(json))["algorithm"]), CanonicalJson(old));
}

TEST(StudySpec, PriorsBelongToTheIdentity) {
  Json json = StudyJson();
  const Json before = StudyIdentity(SpecOf(json));
  json["space"]["parameters"][0]["prior"] = {{"mean", 0.3}, {"sd", 0.1}};
  EXPECT_EQ(IdentityDifference(before, StudyIdentity(SpecOf(json))), "space");
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

TEST(StudySpec, AnObjectiveMayHaveItsLogarithmLearned) {
  Json json = StudyJson();
  EXPECT_FALSE(SpecOf(json).objectives[0].log);
  const Json without = StudyIdentity(SpecOf(json));
  json["objectives"][0]["log"] = false;
  EXPECT_EQ(StudyIdentity(SpecOf(json)), without);
  json["objectives"][0]["log"] = true;
  json["objectives"][0]["reference"] = 0.5;
  EXPECT_TRUE(SpecOf(json).objectives[0].log);
  EXPECT_EQ(IdentityDifference(StudyIdentity(SpecOf(json)), without), "objectives");
  json["objectives"][0]["log"] = "yes";
  EXPECT_THAT(ProblemOf(json), HasSubstr("objectives[0].log"));
}

TEST(StudySpec, AReferenceWithoutALogarithmIsRefusedWhereOneIsNeeded) {
  Json json = StudyJson();
  json["objectives"][0]["log"] = true;
  for (const double reference : {0.0, -2.0}) {
    json["objectives"][0]["reference"] = reference;
    EXPECT_THAT(ProblemOf(json), AllOf(HasSubstr("objectives[0].reference is "),
                                       HasSubstr("which has no logarithm")));
  }
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

TEST(StudySpec, NamesTheKeyThatIsMeantToBeAMissingOne) {
  Json json = StudyJson();
  json["objectivs"] = json["objectives"];
  json.erase("objectives");
  EXPECT_EQ(ProblemOf(json), "objectives is missing (is \"objectivs\" meant to be it?)");
}

TEST(StudySpec, MayNameItsSchemaForEditors) {
  Json json = StudyJson();
  json["$schema"] = "study.schema.json";
  EXPECT_EQ(ProblemOf(json), "accepted");
  EXPECT_EQ(StudyIdentity(SpecOf(json)), StudyIdentity(SpecOf(StudyJson())));
}

TEST(StudySpec, ListsEachKnownKeyOnce) {
  Json json = StudyJson();
  json["algorithm"]["zzzzzzzzzz"] = 1;
  EXPECT_THAT(ProblemOf(json), HasSubstr("(known: searcher, fidelity, min_resource, "));
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
  json = StudyJson();
  json["space"] = "dpn";
  EXPECT_EQ(ProblemOf(json), "space must be an object, it is text");
}

TEST(StudySpec, RefusesIntegersThatADoubleCannotHold) {
  const std::int64_t beyond = (std::int64_t{1} << 53) + 1;
  Json json = StudyJson();
  json["seed"] = beyond;
  EXPECT_THAT(ProblemOf(json),
              HasSubstr("seed must be a whole number of at least 0 and at most 2^53"));
  json["seed"] = beyond - 1;
  EXPECT_EQ(ProblemOf(json), "accepted");
  json["objectives"][0]["reference"] = -beyond;
  EXPECT_THAT(ProblemOf(json), HasSubstr("objectives[0].reference takes integers from -2^53"));
  json = StudyJson();
  json["budget"]["resource"] = beyond;
  EXPECT_THAT(ProblemOf(json), HasSubstr("budget.resource"));
}

TEST(StudySpec, RefusesNulCharactersInNames) {
  const std::string name("a\0b", 3);
  Json json = StudyJson();
  json["name"] = name;
  EXPECT_THAT(ProblemOf(json), HasSubstr("name holds a NUL character, it is \"a\\u0000b\""));
  json = StudyJson();
  json["space"]["parameters"][0]["name"] = name;
  EXPECT_THAT(ProblemOf(json), HasSubstr("space.parameters[0].name: found a NUL character"));
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

TEST(StudySpec, RefusesWhatTheReportsOfATrainerCannotCarry) {
  Json json = StudyJson();
  json["trainer"] = {{"type", "command"}, {"command", {"train"}}};
  json["objectives"][1]["name"] = "cost";
  EXPECT_THAT(ProblemOf(json),
              HasSubstr("objectives[1].name is \"cost\", which means something else"));
  EXPECT_EQ(ProblemOf(json, StudyUse::kAskTell), "accepted");
}

TEST(StudySpec, AParameterThatTheTrainerDoesNotUseIsRefusedUnlessAnOutsideProgramTrains) {
  Json json = StudyJson();
  json["space"]["parameters"][1]["name"] = "lr_sdg";
  json["objectives"] = *ParseJson(R"([{"name": "error"}, {"name": "rank_disparity"}])");
  json["trainer"] = {{"type", "face_identification"},
                     {"dataset", {{"type", "image_list"}, {"csv", "faces.csv"}}},
                     {"group", "glasses"}};
  EXPECT_THAT(ProblemOf(json), HasSubstr("does not use the parameter"));
  EXPECT_EQ(ProblemOf(json, StudyUse::kAskTell), "accepted");
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
