// What suggestions know, and what becomes of answers that come late.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/random.h"
#include "knowledge.h"
#include "machine_fixture.h"
#include "study/suggestion_events.h"
#include "tests/study/reply_json.h"

namespace faretto {
namespace {

using ::testing::HasSubstr;

class LookaheadTest : public MachineTest {
 protected:
  void MakeWith(int lookahead, bool keep_basis = false, bool third_objective = false) {
    spec_json_ = StudyJson();
    if (third_objective) {
      spec_json_["objectives"].push_back({{"name", "f3"}});
      spec_json_["trainer"] = {{"type", "command"}, {"command", {"train"}}};
    }
    spec_json_["algorithm"]["lookahead"] = lookahead;
    spec_json_["budget"] = {{"resource", 5000}};
    machine_ = std::make_unique<Machine>(SpecOf(spec_json_));
    if (keep_basis) machine_->KeepBasis();
    log_.clear();
    Keep(machine_->Start({"host", 1, "build", "isa"}, {}, now_));
    for (const char* worker : {"a", "b", "c", "d", "e", "f"}) Hello(worker);
  }

  NewTrial TrialAt(double x) { return {Configuration{{x, x}}, 2, -1, "test", nullptr, {}}; }
  NewTrial NextTrial() { return TrialAt(++proposals_ / 1000.0); }

  // Asks until the worker has an assignment; every suggestion's knowledge is kept.
  Json Give(const std::string& worker) {
    Outcome outcome = Keep(machine_->RequestWork(Next(worker), worker, true, now_));
    while (outcome.needs_suggestion()) {
      known_.push_back(Knowledge(machine_->BasisView()));
      outcome = Keep(machine_->AnswerSuggestion(Propose(), now_));
    }
    return JsonOf(outcome);
  }
  // A request that a thread answers later.
  void GiveLater(const std::string& worker) {
    const Outcome outcome = Keep(machine_->RequestWork(Next(worker), worker, true, now_));
    ASSERT_TRUE(outcome.needs_suggestion());
    machine_->DeferAnswer();
  }

  std::int64_t SequenceOf(std::string_view name, std::int64_t suggestion) const {
    for (const Event& event : log_) {
      const Json body = EncodeEventBody(event.body);
      if (EventName(event.body) == name && body["suggestion"] == suggestion) return event.sequence;
    }
    return -1;
  }
  std::vector<std::int64_t> Bases() const {
    std::vector<std::int64_t> bases;
    for (const Event& event : log_)
      if (const auto* e = std::get_if<SuggestionRequested>(&event.body)) bases.push_back(e->basis);
    return bases;
  }
  // What every suggestion of the record knows, by folding it again.
  std::vector<std::string> KnownByRecord() const {
    std::vector<std::string> known;
    BasisState basis(machine_->spec());
    for (const Event& event : log_) {
      basis.Take(event);
      if (const auto* e = std::get_if<SuggestionRequested>(&event.body))
        known.push_back(Knowledge({machine_->spec(), basis.Of(*e)}));
    }
    return known;
  }

  std::vector<std::string> known_;
};

TEST_F(LookaheadTest, WithoutItASuggestionKnowsTheReportsUpToItsRequest) {
  MakeWith(0);
  TrainTo("a", Give("a"), 0.5, 0.25);
  const std::int64_t before = machine_->state().sequence();
  Give("b");
  EXPECT_EQ(Bases().back(), before);
  EXPECT_THAT(known_.back(), HasSubstr("0.25"));
}

TEST_F(LookaheadTest, OfOneLeavesOutWhatWasReportedSinceTheSuggestionBefore) {
  MakeWith(1);
  const Json first = Give("a");
  Give("b");
  TrainTo("a", first, 0.5, 0.25);
  Give("c");
  EXPECT_EQ(Bases(), (std::vector<std::int64_t>{0, SequenceOf("trial_created", 0),
                                                SequenceOf("trial_created", 1)}));
  EXPECT_THAT(known_[2], Not(HasSubstr("0.25"))) << "reported after suggestion 1 was created";
  EXPECT_THAT(known_[2], Not(HasSubstr("paused")))
      << "the trial that has reported is still running";
  Give("d");
  EXPECT_THAT(known_[3], HasSubstr("0.25"));
  EXPECT_THAT(known_[3], HasSubstr("paused"));
}

TEST_F(LookaheadTest, EverySuggestionBeforeIsKnownAndRunsAtItsCost) {
  MakeWith(4);
  for (const char* worker : {"a", "b", "c"}) Give(worker);
  const Json known = *ParseJson(known_[2]);
  ASSERT_EQ(known["trials"].size(), 2u);
  for (const Json& trial : known["trials"]) EXPECT_EQ(trial["state"], "running");
  EXPECT_EQ(known["committed"], 4.0);
  EXPECT_EQ(known["waiting"], 0);
}

TEST_F(LookaheadTest, TheTrialThatTheBasisItselfMadeRunsAtItsCost) {
  MakeWith(1);
  for (const char* worker : {"a", "b", "c"}) Give(worker);
  const Json known = *ParseJson(known_[2]);
  EXPECT_EQ(known["committed"], 4.0);
  EXPECT_EQ(known["waiting"], 0);
}

TEST_F(LookaheadTest, OfFourNamesTheAnswerFourSuggestionsBefore) {
  MakeWith(4);
  for (int i = 0; i < 8; ++i) TrainTo("a", Give("a"));
  const std::vector<std::int64_t> bases = Bases();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(bases[static_cast<std::size_t>(i)], 0);
  for (int i = 4; i < 8; ++i)
    EXPECT_EQ(bases[static_cast<std::size_t>(i)], SequenceOf("trial_created", i - 4));
}

TEST_F(LookaheadTest, WhatPeopleDoIsKnownAtOnce) {
  MakeWith(2);
  const Json first = Give("a");
  TrainTo("a", first, 0.5, 0.25);
  for (const char* worker : {"b", "c", "d"}) Give(worker);
  Keep(machine_->Enqueue(Next("cli"), {{"x1", 0.75}, {"x2", 0.75}}, now_));
  Keep(machine_->StopTrial(Next("cli"), first["trial"].get<TrialId>(), now_));
  Give("e");  // the enqueued one
  Give("f");
  const Json known = *ParseJson(known_.back());
  EXPECT_EQ(known["trials"][0]["state"], "stopped");
  EXPECT_EQ(known["trials"].back()["params"]["x1"], 0.75);
}

TEST_F(LookaheadTest, ADeclineRestartsItAtTheRequestThatFollows) {
  MakeWith(2);
  const Json first = Give("a");
  Give("b");
  Give("c");
  decline_ = true;
  TrainTo("a", first, 0.5, 0.25);
  const Json reply = Give("d");
  EXPECT_TRUE(reply.is_null());
  ASSERT_EQ(known_.size(), 5u) << "what was declined without knowing the report is asked again";
  EXPECT_THAT(known_[3], Not(HasSubstr("0.25")));
  EXPECT_THAT(known_[4], HasSubstr("0.25"));
  EXPECT_TRUE(machine_->state().decline().has_value());
  decline_ = false;
  TrainTo("b", {{"assignment", 1}, {"fence", 2}, {"from", 0}, {"to", 2}}, 0.75, 0.125);
  Give("d");
  EXPECT_THAT(known_.back(), HasSubstr("0.125"));
  EXPECT_EQ(known_, KnownByRecord());
}

// Workers ask, report, fail and are told to stop in any order; every suggestion's knowledge can be
// made again from the record, and what was computed ahead is what it knows in the end.
TEST_F(LookaheadTest, TheRecordSaysWhatEverySuggestionKnew) {
  for (const auto& [lookahead, third] : {std::pair(0, false), {1, false}, {4, false}, {4, true}}) {
    MakeWith(lookahead, true, third);
    known_.clear();
    RandomStream random(static_cast<std::uint64_t>(lookahead) + 5, "lookahead_test");
    const std::vector<std::string> workers = {"a", "b", "c", "d", "e", "f"};
    std::map<std::string, Json> busy;
    int ahead = 0;
    for (int step = 0; step < 400; ++step) {
      const std::string& worker = workers[random.Below(workers.size())];
      const std::uint64_t what = random.Below(20);
      if (what == 0) {
        Keep(machine_->Enqueue(Next("cli"), {{"x1", random.Uniform()}, {"x2", 1}}, now_));
      } else if (what == 1 && !machine_->state().trials().empty()) {
        Keep(machine_->StopTrial(
            Next("cli"), static_cast<TrialId>(random.Below(machine_->state().trials().size())),
            now_));
      } else if (!busy.contains(worker)) {
        // The next suggestion as a thread would compute it before the request.
        const StudyState& state = machine_->state();
        std::optional<std::string> computed;
        if (const auto basis = state.FutureBasis(state.next_suggestion()))
          computed = Knowledge(machine_->BasisAhead({state.next_suggestion(), *basis}, {}));
        const std::size_t before = known_.size();
        for (const Trial& trial : state.trials())
          if (trial.state == TrialState::kPaused && random.Below(4) == 0)
            promotion_ = Promotion{trial.id, trial.target * 3, nullptr, Json{{"noise", step}}};
        const Json reply = Give(worker);
        promotion_.reset();
        if (computed && known_.size() > before) {
          EXPECT_EQ(*computed, known_[before]);
          ++ahead;
        }
        if (!reply.is_null()) busy[worker] = reply;
      } else if (what < 4) {
        Keep(machine_->Fail(Next(worker), RefOf(busy[worker]), "crashed", "", now_));
        busy.erase(worker);
      } else {
        TrainTo(worker, busy[worker], random.Uniform(), random.Uniform(), random.Uniform());
        busy.erase(worker);
      }
    }
    EXPECT_GT(known_.size(), 50u);
    EXPECT_EQ(known_, KnownByRecord()) << "lookahead " << lookahead;
    EXPECT_EQ(ahead > 50, lookahead > 0);
  }
}

TEST_F(LookaheadTest, WhatIsExpectedIsWhatComes) {
  MakeWith(3, true);
  TrainTo("a", Give("a"), 0.5, 0.25);
  // Suggestions 1, 2 and 3, each knowing the answers to the ones before it.
  std::vector<EventBody> expected;
  std::vector<std::string> computed;
  const std::int64_t next = machine_->state().next_suggestion();
  std::uint64_t fingerprint = machine_->basis_fingerprint();
  for (std::int64_t i = next; i < next + 3; ++i) {
    const SuggestionRequested requested{i, *machine_->state().FutureBasis(i)};
    computed.push_back(Knowledge(machine_->BasisAhead(requested, expected)));
    const double x = static_cast<double>(proposals_ + i - next + 1) / 1000.0;
    for (EventBody& body :
         AnswerEvents(machine_->spec(), requested, static_cast<TrialId>(i), TrialAt(x))) {
      fingerprint = BasisState::Fingerprint(fingerprint, body);
      expected.push_back(std::move(body));
    }
  }
  EXPECT_EQ(machine_->state().FutureBasis(next + 3), std::nullopt) << "not created yet";
  known_.clear();
  for (const char* worker : {"b", "c", "d"}) Give(worker);
  EXPECT_EQ(known_, computed);
  EXPECT_EQ(machine_->basis_fingerprint(), fingerprint);
}

TEST_F(LookaheadTest, AnOpenSuggestionOutlivesItsScheduler) {
  for (const int lookahead : {0, 2}) {
    MakeWith(lookahead);
    const Json first = Give("a");
    Give("b");
    Give("c");
    GiveLater("d");
    const std::string known = Knowledge(machine_->BasisView());
    TrainTo("a", first, 0.5, 0.25);
    Machine next(SpecOf(spec_json_));
    for (const Event& event : log_) ASSERT_TRUE(next.Replay(event).ok());
    next.Start({"host", 2, "build", "isa"}, {}, now_);
    ASSERT_TRUE(next.state().open_suggestion().has_value());
    const Outcome outcome = next.RequestWork({"e", 100}, "e", true, now_);
    ASSERT_TRUE(outcome.needs_suggestion());
    EXPECT_EQ(Knowledge(next.BasisView()), known) << "lookahead " << lookahead;
    EXPECT_EQ(JsonOf(next.AnswerSuggestion(NextTrial(), now_))["type"], "assignment");
  }
}

class LateAnswerTest : public LookaheadTest {
 protected:
  LateAnswerTest() { MakeWith(0, true); }
};

TEST_F(LateAnswerTest, MakesATrialThatWaitsForWhoAsksNext) {
  GiveLater("a");
  EXPECT_TRUE(Keep(machine_->RequestWork(Next("b"), "b", true, now_)).parked());
  EXPECT_EQ(CountEvents("suggestion_requested"), 1) << "one is open at a time";
  EXPECT_TRUE(Keep(machine_->AnswerSuggestion(NextTrial(), now_)).parked());
  EXPECT_EQ(TrialOf(0).state, TrialState::kWaiting);
  EXPECT_EQ(Give("b")["trial"], 0);
  EXPECT_EQ(CountEvents("suggestion_requested"), 1);
}

TEST_F(LateAnswerTest, OfATrialThatWasStoppedMeanwhileIsRecordedAndAskedAnew) {
  TrainTo("a", Give("a"));
  GiveLater("a");
  Keep(machine_->StopTrial(Next("cli"), 0, now_));
  Keep(machine_->AnswerSuggestion(Promotion{0, 6, {{"rung", 2}}, {}}, now_));
  const auto& ignored = std::get<SuggestionIgnored>(log_.back().body);
  EXPECT_EQ(ignored.suggestion, 1);
  EXPECT_THAT(ignored.reason, HasSubstr("trial 0 is stopped"));
  EXPECT_EQ(ignored.answer,
            (Json{{"promoted", 0}, {"resource", 6}, {"diagnostics", {{"rung", 2}}}}));
  EXPECT_EQ(TrialOf(0).state, TrialState::kStopped);
  EXPECT_EQ(Give("b")["trial"], 1) << "the next suggestion is asked for";
  EXPECT_EQ(known_, (std::vector<std::string>{KnownByRecord()[0], KnownByRecord()[2]}));
}

TEST_F(LateAnswerTest, OfAConfigurationThatWasEnqueuedMeanwhileIsIgnored) {
  GiveLater("a");
  Keep(machine_->Enqueue(Next("cli"), {{"x1", 0.25}, {"x2", 0.25}}, now_));
  Keep(machine_->AnswerSuggestion(TrialAt(0.25), now_));
  EXPECT_EQ(EventName(log_.back().body), "suggestion_ignored");
  EXPECT_EQ(machine_->state().trials().size(), 1u);
}

TEST_F(LateAnswerTest, AfterTheStudyWasStoppedEndsIt) {
  GiveLater("a");
  Keep(machine_->StopStudy(Next("cli"), now_));
  EXPECT_FALSE(machine_->state().finished()) << "the open suggestion is waited for";
  Keep(machine_->AnswerSuggestion(NextTrial(), now_));
  EXPECT_TRUE(machine_->state().finished());
  EXPECT_EQ(machine_->state().trials().size(), 0u);
  EXPECT_EQ(CountEvents("suggestion_ignored"), 1);
}

TEST_F(LateAnswerTest, ThatDeclinesCountsOnlyIfNothingHasChanged) {
  const Json first = Give("a");
  GiveLater("b");
  TrainTo("a", first);
  Keep(machine_->AnswerSuggestion(Decline{"waiting for results", false, {}}, now_));
  EXPECT_FALSE(machine_->state().finished()) << "the results have come";
  EXPECT_EQ(Give("b")["trial"], 1);
}

TEST_F(LateAnswerTest, NeverExceedsTheBudget) {
  spec_json_["budget"] = {{"resource", 4}};
  machine_ = std::make_unique<Machine>(SpecOf(spec_json_));
  log_.clear();
  Keep(machine_->Start({"host", 1, "build", "isa"}, {}, now_));
  for (const char* worker : {"a", "b", "c"}) Hello(worker);
  GiveLater("a");
  for (const double x : {0.5, 0.6})
    Keep(machine_->Enqueue(Next("cli"), {{"x1", x}, {"x2", x}}, now_));
  Give("b");
  Give("c");
  Keep(machine_->AnswerSuggestion(NextTrial(), now_));
  EXPECT_THAT(std::get<SuggestionIgnored>(log_.back().body).reason, HasSubstr("resource budget"));
  EXPECT_EQ(machine_->state().trials().size(), 2u);
}

}  // namespace
}  // namespace faretto
