#include "scheduler/ask_tell/ask_tell_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/results/testing/test_folder.h"
#include "tests/scheduler/ask_tell/small_session.h"

namespace faretto {
namespace {

using ::testing::HasSubstr;

class AskTellSessionTest : public ::testing::Test {
 protected:
  Json Answer(const std::string& line) { return AnswerTo(*session_, line); }
  std::string ErrorOf(const std::string& line) {
    const Json answer = Answer(line);
    return answer.contains("error") ? answer["error"].get<std::string>() : "no error: " + line;
  }

  StandingClock clock_;
  std::unique_ptr<AskTellSession> session_ = StartSession(clock_);
};

TEST_F(AskTellSessionTest, AnAskGivesAsManyTrialsAsItNames) {
  const Json answer = Answer(R"({"op":"ask","n":3})");
  ASSERT_EQ(answer["trials"].size(), 3U);
  EXPECT_EQ(answer["trials"][2]["id"], 2);
  EXPECT_EQ(answer["trials"][2]["resource"], 1);
  EXPECT_EQ(answer["trials"][2]["previous_resource"], 0);
  EXPECT_EQ(Answer(R"({"op":"pending"})")["trials"], answer["trials"]);
}

TEST_F(AskTellSessionTest, APromotionComesAsTheSameTrialWithAHigherResource) {
  TellSome(*session_, 3);
  const Json promoted = Answer(R"({"op":"ask"})")["trials"][0];
  EXPECT_LT(promoted["id"], 3);
  EXPECT_EQ(promoted["resource"], 3);
  EXPECT_EQ(promoted["previous_resource"], 1);
}

TEST_F(AskTellSessionTest, ATellWithoutAResourceMeansTheAskedOne) {
  Answer(R"({"op":"ask"})");
  EXPECT_EQ(Answer(R"({"op":"tell","id":0,"values":{"f1":1,"f2":2}})"), (Json{{"ok", true}}));
  EXPECT_EQ(Answer(R"({"op":"pending"})")["trials"], Json::array());
}

TEST_F(AskTellSessionTest, WhatIsWrongIsAnErrorAndChangesNothing) {
  Answer(R"({"op":"ask"})");
  EXPECT_THAT(ErrorOf("{"), HasSubstr("JSON"));
  EXPECT_THAT(ErrorOf("[]"), HasSubstr("must be an object"));
  EXPECT_THAT(ErrorOf(R"({"op":"aks"})"), HasSubstr("ask"));
  EXPECT_THAT(ErrorOf(R"({"op":"ask","n":0})"), HasSubstr("at least 1"));
  EXPECT_THAT(ErrorOf(R"({"op":"tell","id":7,"values":{"f1":1,"f2":2}})"), HasSubstr("7"));
  EXPECT_THAT(ErrorOf(R"({"op":"tell","id":0,"values":{"f1":1}})"), HasSubstr("f2"));
  EXPECT_THAT(ErrorOf(R"({"op":"tell","id":0,"values":{"f1":1,"f2":null}})"), HasSubstr("fail"));
  EXPECT_THAT(ErrorOf(R"({"op":"tell","id":0,"resource":9,"values":{"f1":1,"f2":2}})"),
              HasSubstr("9"));
  EXPECT_EQ(Answer(R"({"op":"pending"})")["trials"].size(), 1U);
}

TEST_F(AskTellSessionTest, AFailureIsFinal) {
  Answer(R"({"op":"ask"})");
  EXPECT_EQ(Answer(R"({"op":"fail","id":0,"reason":"out of memory"})"), (Json{{"ok", true}}));
  EXPECT_THAT(ErrorOf(R"({"op":"tell","id":0,"values":{"f1":1,"f2":2}})"), HasSubstr("0"));
}

TEST_F(AskTellSessionTest, AStudyThatIsOverSaysSo) {
  session_ = StartSession(clock_, {}, AskTellSpec(2));
  for (int i = 0; i < 8; ++i) TellSome(*session_, 1);
  const Json answer = Answer(R"({"op":"ask"})");
  EXPECT_EQ(answer["trials"], Json::array());
  EXPECT_EQ(answer["finished"], true);
}

TEST(DurableAskTellSessionTest, GoesOnWhereAnEarlierOneEnded) {
  const TestFolder folder;
  const StandingClock clock;
  Json asked;
  {
    const auto session = StartSession(clock, folder.path());
    TellSome(*session, 4);
    asked = AnswerTo(*session, R"({"op":"ask"})");
  }
  const auto session = StartSession(clock, folder.path());
  EXPECT_EQ(AnswerTo(*session, R"({"op":"pending"})")["trials"], asked["trials"]);
}

}  // namespace
}  // namespace faretto
