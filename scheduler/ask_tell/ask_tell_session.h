// Ask-tell: one JSON object in, one out (docs/design.md, section 7). Without a store it lives in
// memory; with one, what was answered survives any crash.
//
// Thread safety: none.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "results/store/store.h"
#include "study/machine.h"

namespace faretto {

class AskTellSession {
 public:
  // `store` may be null; it has been opened for the same study.
  static Result<std::unique_ptr<AskTellSession>> Start(StudySpec spec, std::unique_ptr<Store> store,
                                                       const StartInfo& info, const Clock& clock);

  // The answer to one line of input; anything wrong with it is {"error": ...}. An Error: the store
  // could not be written, and the session must end.
  Result<Json> Answer(const std::string& line);

 private:
  AskTellSession(StudySpec spec, std::unique_ptr<Store> store, const Clock& clock)
      : machine_(std::move(spec)), store_(std::move(store)), clock_(clock) {}

  double now() const { return live_base_ + clock_.MonotonicS() - started_; }
  Status Keep(Outcome& outcome);
  Result<Json> Ask(const Json& request);
  Result<Json> Tell(const Json& request);
  Result<Json> Fail(const Json& request);
  Json Pareto() const;
  Json Pending() const;

  Machine machine_;
  std::unique_ptr<Store> store_;
  const Clock& clock_;
  double started_ = 0;
  double live_base_ = 0;
};

}  // namespace faretto
