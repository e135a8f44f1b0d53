#include "protocol/envelope.h"

#include <gtest/gtest.h>

#include "protocol/fields.h"

namespace faretto {
namespace {

RequestEnvelope Worker(const Operation& operation) {
  RequestEnvelope envelope;
  envelope.worker = "w0";
  envelope.instance = "a";
  envelope.number = 3;
  envelope.operation = operation;
  return envelope;
}

TEST(EnvelopeTest, ReadsWhoAsksAndWhat) {
  RequestEnvelope sent = Worker(NextRequest{});
  sent.incarnation = 2;
  sent.store = "nonce";
  const auto envelope = DecodeRequest(DumpJson(EncodeRequest(sent)));
  ASSERT_TRUE(envelope.ok()) << envelope.error().message;
  EXPECT_TRUE(std::holds_alternative<NextRequest>(envelope->operation));
  EXPECT_EQ(envelope->client, "w0/a");
  EXPECT_EQ(envelope->number, 3);
  EXPECT_EQ(envelope->incarnation, 2);
  EXPECT_EQ(envelope->store, "nonce");
}

TEST(EnvelopeTest, ARequestHasTheDocumentedForm) {
  EXPECT_EQ(DumpJson(EncodeRequest(Worker(ReportRequest{{4, 5}, 6, {{"error", 0.25}}, 4}))),
            R"({"v":1,"op":"report","assignment":4,"fence":5,"resource":6,"values":{"error":0.25},)"
            R"("cost":4.0,"worker":"w0","instance":"a","number":3})");
}

TEST(EnvelopeTest, HeartbeatsAndQueriesNeedNoNumber) {
  RequestEnvelope heartbeat = Worker(HeartbeatRequest{{1, 2}, 3});
  heartbeat.number.reset();
  EXPECT_TRUE(DecodeRequest(DumpJson(EncodeRequest(heartbeat))).ok());
  RequestEnvelope ping;
  ping.client = "c";
  ping.operation = PingRequest{};
  EXPECT_TRUE(DecodeRequest(DumpJson(EncodeRequest(ping))).ok());
}

TEST(EnvelopeTest, ATakeoverNamesTheIncarnationThatItIsFor) {
  RequestEnvelope takeover;
  takeover.client = "c";
  takeover.incarnation = 2;
  takeover.operation = TakeoverRequest{3};
  const auto read = DecodeRequest(DumpJson(EncodeRequest(takeover)));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(std::get<TakeoverRequest>(read->operation).incarnation, 3);
}

TEST(EnvelopeTest, AResponseNamesVersionIncarnationStoreAndNumber) {
  const ResponseEnvelope envelope{2, "nonce", "next", 4, Reply(Accepted{})};
  const Json json = EncodeResponse(envelope);
  EXPECT_EQ(DumpJson(json),
            R"({"v":1,"incarnation":2,"store":"nonce","op":"next","number":4,"type":"ok"})");
  const auto read = DecodeResponse(json);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(EncodeResponse(*read), json);
}

TEST(EnvelopeTest, WhoAskedHearsOfAnAnswerThatCannotBeRead) {
  const auto read = DecodeResponse(*ParseJson(
      R"({"v":1,"incarnation":2,"store":"nonce","op":"next","number":4,"type":"assignment"})"));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->number, 4);
  const auto refused = OrRefusal(read->response);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kFailed);
  EXPECT_NE(refused.error().message.find("cannot be read"), std::string::npos);
}

TEST(EnvelopeTest, AnAnswerToNobodyKnowsWhomIsNone) {
  EXPECT_FALSE(DecodeResponse(*ParseJson(R"({"v":1,"number":"four","type":"ok"})")).ok());
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
  for (const std::string& text : cases)
    EXPECT_FALSE(DecodeRequest(text).ok()) << text.substr(0, 99);
}

TEST(EnvelopeTest, TextBeyondTheLimitIsRefused) {
  const std::string padding(kMaxMessageBytes, 'x');
  EXPECT_FALSE(DecodeRequest(DumpJson(EncodeRequest(Worker(GoodbyeRequest{padding})))).ok());
}

TEST(EnvelopeTest, AnotherVersionIsReadOnlyAsFarAsAnAnswerNeeds) {
  const auto envelope = DecodeRequest(R"({"v":99,"number":4,"what":"ever"})");
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
