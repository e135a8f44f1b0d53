#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/requests.h"
#include "protocol/responses.h"

namespace faretto {
namespace {

using ::testing::HasSubstr;

// One of each operation, every field with a value of its own.
std::vector<Operation> Operations() {
  const AssignmentRef ref{4, 5};
  return {HelloRequest{"node3", 17, "domain"},
          NextRequest{},
          HeartbeatRequest{ref, 341},
          ReportRequest{ref, 6, {{"error", 0.25}, {"loss", 2}}, 4},
          CheckpointRequest{ref, 6, 3, "7/6-3-5.ckpt", "domain"},
          CheckpointDamagedRequest{7, "7/6-3-5.ckpt"},
          CompleteRequest{ref, {{"error", 0.5}}},
          FailRequest{ref, "out of memory", "line 1\nline 2"},
          HandBackRequest{ref, "SIGTERM"},
          GoodbyeRequest{"finished"},
          PingRequest{},
          StatusRequest{},
          WorkersRequest{},
          EnqueueRequest{{{"x", 0.5}}},
          ImportRequest{Json::array({{{"params", {{"x", 0.5}}}}})},
          RetryRequest{17},
          StopRequest{17},
          StopRequest{},
          RetrainRequest{17, 3, 18, "test"},
          TakeoverRequest{2}};
}

TEST(RequestsTest, EveryOperationIsReadAsItWasWritten) {
  for (const Operation& operation : Operations()) {
    const Json json = EncodeOperation(operation);
    const std::string op(OperationName(operation));
    EXPECT_EQ(json["op"], op);
    const auto read = DecodeOperation(op, json);
    ASSERT_TRUE(read.ok()) << op << ": " << read.error().message;
    EXPECT_EQ(read->index(), operation.index());
    EXPECT_EQ(EncodeOperation(*read), json);
  }
}

TEST(RequestsTest, AMissingFieldIsNamed) {
  for (const Operation& operation : Operations()) {
    const Json whole = EncodeOperation(operation);
    const std::string op(OperationName(operation));
    for (const auto& [key, value] : whole.items()) {
      const bool optional = op == "stop" && key == "trial";
      if (key == "op" || optional) continue;
      Json json = whole;
      json.erase(key);
      const auto read = DecodeOperation(op, json);
      ASSERT_FALSE(read.ok()) << op << " without " << key;
      EXPECT_THAT(read.error().message, HasSubstr("\"" + key + "\" is missing"));
    }
  }
}

TEST(RequestsTest, FieldsOfAnotherTypeOrOutOfRangeAreRefused) {
  const auto refused = [](const char* op, const char* text) {
    const auto read = DecodeOperation(op, *ParseJson(text));
    return read.ok() ? "accepted" : read.error().message;
  };
  EXPECT_THAT(refused("report", R"({"assignment":-1,"fence":0,"resource":1,"values":{},"cost":1})"),
              HasSubstr("\"assignment\" is below 0"));
  EXPECT_THAT(refused("report", R"({"assignment":1,"fence":1,"resource":1,"values":{},"cost":-1})"),
              HasSubstr("\"cost\" is below 0"));
  EXPECT_THAT(
      refused("report",
              R"({"assignment":1,"fence":1,"resource":1,"values":{"error":null},"cost":1})"),
      HasSubstr("finite numbers"));
  EXPECT_THAT(refused("retry", R"({"trial":1.5})"), HasSubstr("integer"));
  EXPECT_THAT(refused("goodbye", R"({"reason":7})"), HasSubstr("not text"));
  EXPECT_THAT(refused("checkpoint_damaged", R"({"trial":1,"file":"../../x"})"),
              HasSubstr("not the name of a checkpoint"));
  EXPECT_THAT(refused("takeover", R"({"incarnation":0})"), HasSubstr("below 1"));
  EXPECT_THAT(refused("launch", "{}"), HasSubstr("unknown operation"));
}

TEST(RequestsTest, OfALongLogTheEndIsKeptBetweenCharacters) {
  std::string log(100'000, 'x');
  log += "\u00e9 the last words";
  const auto read = DecodeOperation("fail", EncodeOperation(FailRequest{{1, 2}, "crash", log}));
  ASSERT_TRUE(read.ok());
  const std::string& kept = std::get<FailRequest>(*read).log;
  EXPECT_LE(kept.size(), 65536U);
  EXPECT_TRUE(kept.ends_with("\u00e9 the last words"));
}

TEST(RequestsTest, NumbersAreForWhatMakesEvents) {
  for (const char* op : {"heartbeat", "ping", "status", "takeover"}) EXPECT_FALSE(IsNumbered(op));
  for (const char* op : {"hello", "next", "report", "enqueue", "stop"}) EXPECT_TRUE(IsNumbered(op));
}

TEST(RequestsTest, WorkersAndClientsAskForDifferentThings) {
  EXPECT_TRUE(IsOfWorker("hello"));
  EXPECT_TRUE(IsOfWorker("goodbye"));
  EXPECT_FALSE(IsOfWorker("ping"));
  EXPECT_FALSE(IsOfWorker("takeover"));
}

TEST(CheckpointNameTest, IsRecognised) {
  EXPECT_EQ(CheckpointFile(7, 2, 0, 3), "7/2-0-3.ckpt");
  EXPECT_TRUE(IsCheckpointFile(CheckpointFile(123, 18, 45, 6)));
}

TEST(CheckpointNameTest, NoOtherPathIsOne) {
  for (const char* name : {"", "7/2-0.ckpt", "../7/2-0-3.ckpt", "/7/2-0-3.ckpt", "7/../2-0-3.ckpt",
                           "7/2-0-3.ckpt/", "7/2-0-3.ckp", "7//2-0-3.ckpt", "a/2-0-3.ckpt",
                           "7/-2-0-3.ckpt", "00000000000000000000000/2-0-3.ckpt"}) {
    EXPECT_FALSE(IsCheckpointFile(name)) << name;
  }
}

struct Answered {
  std::string op;
  Response response;
};

std::vector<Answered> Answers() {
  WorkAssigned work;
  work.ref = {4, 5};
  work.trial = 7;
  work.params = {{"x", 0.5}};
  work.from = 2;
  work.to = 6;
  work.seed = 9007199254740991U;
  work.horizon = 18;
  work.checkpoint = Checkpoint{2, 0, 0, "7/2-0-3.ckpt", "abc"};
  return {{"hello", Welcome{"orl", {{"type", "function"}}, 15}},
          {"next", Reply(work)},
          {"next", WaitForWork{}},
          {"next", Reply(StudyOver{"it was stopped"})},
          {"next", Draining{}},
          {"", Draining{}},
          {"heartbeat", LeaseState{{4, 5}, true}},
          {"heartbeat", LeaseState{{4, 5}, false}},
          {"heartbeat", Draining{{4, 5}}},
          {"report", Reply(Accepted{})},
          {"report", Reply(Superseded{})},
          {"checkpoint", Reply(CheckpointKept{{"7/1-0-9.ckpt"}})},
          {"ping", Pong{"node3", 4711, "orl"}},
          {"status", StatusNumbers{{{"study", "orl"}}}},
          {"workers", WorkersHeard{{{"w0", 2.5}, {"w1", 0}}}},
          {"enqueue", Reply(TrialEnqueued{21})},
          {"import", Reply(TrialsImported{3, 1})},
          {"retrain", Reply(JobsRequested{{3, 4, 5}})},
          {"retry", Reply(Error{ErrorKind::kNotFound, "there is no trial 17"})}};
}

TEST(ResponsesTest, EveryAnswerIsReadAsItWasWritten) {
  for (const Answered& answered : Answers()) {
    const Json json = ResponseJson(answered.response);
    const auto read = ParseResponse(answered.op, json);
    ASSERT_TRUE(read.ok()) << answered.op << ": " << read.error().message;
    EXPECT_EQ(read->index(), answered.response.index()) << DumpJson(json);
    EXPECT_EQ(ResponseJson(*read), json);
  }
}

TEST(ResponsesTest, ADamagedAnswerIsAnError) {
  for (const Answered& answered : Answers()) {
    const Json whole = ResponseJson(answered.response);
    Json json = whole;
    json.erase("type");
    EXPECT_FALSE(ParseResponse(answered.op, json).ok()) << DumpJson(json);
    json = whole;
    json["type"] = "celebration";
    EXPECT_FALSE(ParseResponse(answered.op, json).ok());
  }
  EXPECT_FALSE(ParseResponse("next", *ParseJson(R"({"type":"assignment","assignment":4})")).ok());
  EXPECT_FALSE(ParseResponse("hello", *ParseJson(R"({"type":"ok","study":7})")).ok());
}

TEST(ResponsesTest, AnAssignmentThatAnEarlierVersionStoredIsRead) {
  const auto read = ParseReply(*ParseJson(
      R"({"type":"assignment","assignment":4,"kind":"train","trial":7,"job":-1,"params":{"x":0.5},
          "from":2,"to":6,"fence":5,"seed":1,"horizon":18,"checkpoint":null,"stall_s":600,
          "origin":"sobol","previous_resource":2})"));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(std::get<WorkAssigned>(*read).ref.fence, 5);
}

TEST(ResponsesTest, ARefusalBecomesAnError) {
  const auto refused = OrRefusal(Reply(Error{ErrorKind::kNotFound, "there is no trial 17"}));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(refused.error().message, "there is no trial 17");
  EXPECT_TRUE(OrRefusal(Reply(Accepted{})).ok());
}

TEST(ResponsesTest, ADamagedRefusalIsOneStill) {
  const auto read = ParseReply(*ParseJson(R"({"type":"error","exit":[],"message":7})"));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(std::get<Error>(*read).kind, ErrorKind::kFailed);
  EXPECT_EQ(std::get<Error>(*read).message, "the scheduler refused without a reason");
}

TEST(ResponsesTest, ExpectRefusesAnAnswerThatDoesNotFit) {
  EXPECT_TRUE(Expect<Accepted>(Response(Reply(Accepted{}))).ok());
  EXPECT_FALSE(Expect<Welcome>(Response(Reply(Accepted{}))).ok());
}

}  // namespace
}  // namespace faretto
