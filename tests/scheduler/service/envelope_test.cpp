#include "scheduler/service/envelope.h"

#include <gtest/gtest.h>

#include "protocol/message.h"

namespace faretto {
namespace {

std::string Worker(Json message) {
  message["worker"] = "w0";
  message["instance"] = "a";
  message["number"] = 3;
  return DumpJson(message);
}

TEST(EnvelopeTest, ReadsWhoAsksAndWhat) {
  const auto envelope = ParseMessage(Worker(NextRequest()));
  ASSERT_TRUE(envelope.ok()) << envelope.error().message;
  EXPECT_EQ(envelope->op, "next");
  EXPECT_EQ(envelope->client, "w0/a");
  EXPECT_EQ(envelope->number, 3);
}

TEST(EnvelopeTest, HeartbeatsAndQueriesNeedNoNumber) {
  Json heartbeat = HeartbeatRequest({1, 2}, 3);
  heartbeat["worker"] = "w0";
  heartbeat["instance"] = "a";
  EXPECT_TRUE(ParseMessage(DumpJson(heartbeat)).ok());
  Json ping = PingRequest();
  ping["client"] = "c";
  EXPECT_TRUE(ParseMessage(DumpJson(ping)).ok());
}

TEST(EnvelopeTest, MalformedMessagesAreRefused) {
  const std::string cases[] = {
      "",
      "not JSON",
      "[]",
      "{}",
      R"({"v":"1","op":"next"})",
      R"({"v":1})",
      R"({"v":1,"op":7})",
      R"({"v":1,"op":"launch","client":"c","number":1})",
      R"({"v":1,"op":"next","worker":"w0","instance":"a"})",
      R"({"v":1,"op":"next","worker":"w0","instance":"a","number":0})",
      R"({"v":1,"op":"next","worker":"w0","instance":"a","number":1.5})",
      R"({"v":1,"op":"next","worker":"w0","instance":"a","number":18446744073709551615})",
      R"({"v":1,"op":"next","worker":"w 0","instance":"a","number":1})",
      R"({"v":1,"op":"next","worker":"../w0","instance":"a","number":1})",
      R"({"v":1,"op":"ping","client":"w0/a"})",
      R"({"v":1,"op":"ping","client":"c","incarnation":-1})",
      std::string(100000, '['),
  };
  for (const std::string& text : cases) EXPECT_FALSE(ParseMessage(text).ok()) << text.substr(0, 99);
}

TEST(EnvelopeTest, TextBeyondTheLimitIsRefused) {
  const std::string padding(kMaxMessageBytes, 'x');
  EXPECT_FALSE(ParseMessage(Worker(GoodbyeRequest(padding))).ok());
}

TEST(EnvelopeTest, AnotherVersionIsReadOnlyAsFarAsAnAnswerNeeds) {
  const auto envelope = ParseMessage(R"({"v":99,"number":4,"what":"ever"})");
  ASSERT_TRUE(envelope.ok());
  EXPECT_EQ(envelope->version, 99);
  EXPECT_EQ(envelope->number, 4);
}

TEST(FieldsTest, RemembersTheFirstProblem) {
  const Json body = {{"a", "text"}, {"b", 1}};
  Fields fields(body);
  EXPECT_EQ(fields.Integer("b"), 1);
  EXPECT_EQ(fields.Integer("a"), 0);
  EXPECT_EQ(fields.Integer("missing"), 0);
  EXPECT_EQ(fields.problem(), "\"a\" is text, not an integer within 2^53");
}

TEST(FieldsTest, MetricsMustBeFiniteNumbers) {
  for (const char* text : {R"({"v":null})", R"({"v":{"a":null}})", R"({"v":{"a":"1"}})",
                           R"({"v":[1]})", R"({"v":{"a":[]}})"}) {
    const Json body = *ParseJson(text);
    Fields fields(body);
    EXPECT_TRUE(fields.Values("v").empty());
    EXPECT_FALSE(fields.problem().empty()) << text;
  }
}

TEST(FieldsTest, LongTextIsCutBetweenCharacters) {
  const Json body = {{"t", "aä"}};  // three bytes
  EXPECT_EQ(Fields(body).Text("t", 2), "a");
  EXPECT_EQ(Fields(body).Text("t", 1, true), "");
  EXPECT_EQ(Fields(body).Text("t", 2, true), "ä");
}

}  // namespace
}  // namespace faretto
