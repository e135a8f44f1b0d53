#include "protocol/message.h"

#include <gtest/gtest.h>

namespace faretto {
namespace {

Json Assignment() {
  return *ParseJson(R"({"v":1,"type":"assignment","assignment":4,"kind":"train","trial":7,"job":-1,
    "params":{"x":0.5},"from":2,"to":6,"fence":5,"seed":9007199254740991,"horizon":18,
    "checkpoint":{"resource":2,"batch":0,"file":"7/2-0-3.ckpt","domain":"abc"},"stall_s":600})");
}

TEST(MessageTest, RequestsCarryVersionAndOperation) {
  const Json report = ReportRequest({4, 5}, 6, {{"error", 0.25}}, 4);
  EXPECT_EQ(DumpJson(report),
            R"({"v":1,"op":"report","assignment":4,"fence":5,"resource":6,"values":{"error":0.25},)"
            R"("cost":4.0})");
}

TEST(MessageTest, StopNamesATrialOrTheStudy) {
  EXPECT_FALSE(StopStudyRequest().contains("trial"));
  EXPECT_EQ(StopTrialRequest(3)["trial"], 3);
}

TEST(MessageTest, ReadsAnAssignment) {
  const auto message = ParseAssignment(Assignment());
  ASSERT_TRUE(message.ok()) << message.error().message;
  EXPECT_EQ(message->ref.assignment, 4);
  EXPECT_EQ(message->ref.fence, 5);
  EXPECT_EQ(message->kind, AssignmentKind::kTrain);
  EXPECT_EQ(message->seed, 9007199254740991u);
  EXPECT_EQ(message->checkpoint->file, "7/2-0-3.ckpt");
  EXPECT_EQ(message->stall_s, 600);
}

TEST(MessageTest, AnAssignmentWithoutCheckpointStartsAtNothing) {
  Json json = Assignment();
  json["checkpoint"] = nullptr;
  json["stall_s"] = nullptr;
  const auto message = ParseAssignment(json);
  ASSERT_TRUE(message.ok()) << message.error().message;
  EXPECT_FALSE(message->checkpoint.has_value());
  EXPECT_FALSE(message->stall_s.has_value());
}

TEST(MessageTest, AnAssignmentWithAMissingFieldIsAnError) {
  const Json whole = Assignment();
  for (const auto& [key, value] : whole.items()) {
    if (key == "v" || key == "type") continue;
    Json json = whole;
    json.erase(key);
    EXPECT_FALSE(ParseAssignment(json).ok()) << key;
  }
}

TEST(MessageTest, CheckpointNamesAreRecognised) {
  EXPECT_EQ(CheckpointFile(7, 2, 0, 3), "7/2-0-3.ckpt");
  EXPECT_TRUE(IsCheckpointFile(CheckpointFile(123, 18, 45, 6)));
}

TEST(MessageTest, NoOtherPathCountsAsACheckpoint) {
  for (const char* name : {"", "7/2-0.ckpt", "../7/2-0-3.ckpt", "/7/2-0-3.ckpt", "7/../2-0-3.ckpt",
                           "7/2-0-3.ckpt/", "7/2-0-3.ckp", "7//2-0-3.ckpt", "a/2-0-3.ckpt",
                           "7/-2-0-3.ckpt", "00000000000000000000000/2-0-3.ckpt"}) {
    EXPECT_FALSE(IsCheckpointFile(name)) << name;
  }
}

}  // namespace
}  // namespace faretto
