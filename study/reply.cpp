#include "study/reply.h"

#include "base/json_object.h"

namespace faretto {
namespace {

Json CheckpointJson(const Checkpoint& checkpoint) {
  return JsonObject("resource", checkpoint.resource, "batch", checkpoint.batch, "file",
                    checkpoint.file, "domain", checkpoint.domain);
}

Checkpoint ReadCheckpoint(const Json& json) {
  Checkpoint checkpoint;
  checkpoint.resource = json.at("resource").get<std::int64_t>();
  checkpoint.batch = json.at("batch").get<std::int64_t>();
  checkpoint.file = json.at("file").get<std::string>();
  checkpoint.domain = json.at("domain").get<std::string>();
  return checkpoint;
}

struct ToJson {
  Json operator()(const Accepted&) const { return {{"type", "ok"}}; }
  Json operator()(const CheckpointKept& kept) const {
    return {{"type", "ok"}, {"delete", kept.unneeded}};
  }
  Json operator()(const TrialEnqueued& enqueued) const {
    return {{"type", "ok"}, {"trial", enqueued.trial}};
  }
  Json operator()(const TrialsImported& trials) const {
    return {{"type", "ok"}, {"imported", trials.imported}, {"known", trials.known}};
  }
  Json operator()(const JobsRequested& requested) const {
    return {{"type", "ok"}, {"jobs", requested.jobs}};
  }
  Json operator()(const WorkAssigned& work) const {
    return JsonObject("type", "assignment", "assignment", work.ref.assignment, "kind",
                      AssignmentKindName(work.kind), "trial", work.trial, "job", work.job, "params",
                      work.params, "from", work.from, "to", work.to, "fence", work.ref.fence,
                      "seed", work.seed, "horizon", work.horizon, "checkpoint",
                      work.checkpoint ? CheckpointJson(*work.checkpoint) : Json(), "name",
                      work.name, "split", work.split);
  }
  Json operator()(const StudyOver& over) const {
    return {{"type", "finished"}, {"reason", over.reason}};
  }
  Json operator()(const Superseded&) const { return {{"type", "superseded"}}; }
  Json operator()(const Error& error) const {
    return {{"type", "error"}, {"exit", error.exit_code()}, {"message", error.message}};
  }
};

Result<Reply> ReadWork(const Json& json) {
  WorkAssigned work;
  work.ref = {json.at("assignment").get<std::int64_t>(), json.at("fence").get<std::int64_t>()};
  FARETTO_ASSIGN_OR_RETURN(work.kind, AssignmentKindFromName(json.at("kind").get<std::string>()));
  work.trial = json.at("trial").get<TrialId>();
  work.job = json.at("job").get<std::int64_t>();
  work.params = json.at("params");
  work.from = json.at("from").get<std::int64_t>();
  work.to = json.at("to").get<std::int64_t>();
  work.seed = json.at("seed").get<std::uint64_t>();
  work.horizon = json.at("horizon").get<std::int64_t>();
  if (const Json& checkpoint = json.at("checkpoint"); !checkpoint.is_null())
    work.checkpoint = ReadCheckpoint(checkpoint);
  work.name = json.value("name", "");
  work.split = json.value("split", "");
  return Reply(std::move(work));
}

// A refusal is one even where its fields are damaged, or another version names them otherwise.
Error ReadError(const Json& json) {
  const auto exit = json.find("exit");
  const auto message = json.find("message");
  ErrorKind kind = ErrorKind::kFailed;
  for (const ErrorKind known : {ErrorKind::kInvalid, ErrorKind::kNotFound})
    if (exit != json.end() && *exit == static_cast<int>(known)) kind = known;
  return {kind, message != json.end() && message->is_string()
                    ? message->get<std::string>()
                    : "the scheduler refused without a reason"};
}

// Which reply of type "ok" it is shows in what it holds.
Reply ReadOk(const Json& json) {
  if (json.contains("delete"))
    return CheckpointKept{json.at("delete").get<std::vector<std::string>>()};
  if (json.contains("jobs")) return JobsRequested{json.at("jobs").get<std::vector<std::int64_t>>()};
  if (json.contains("imported"))
    return TrialsImported{json.at("imported").get<std::int64_t>(),
                          json.at("known").get<std::int64_t>()};
  if (json.contains("trial")) return TrialEnqueued{json.at("trial").get<TrialId>()};
  return Accepted{};
}

Result<Reply> Read(const Json& json) {
  const std::string type = json.at("type").get<std::string>();
  if (type == "ok") return ReadOk(json);
  if (type == "assignment") return ReadWork(json);
  if (type == "finished") return Reply(StudyOver{json.at("reason").get<std::string>()});
  if (type == "superseded") return Reply(Superseded{});
  if (type == "error") return Reply(ReadError(json));
  return Failed("a reply has the unknown type \"" + type + "\"");
}

}  // namespace

Json ReplyJson(const Reply& reply) { return std::visit(ToJson{}, reply); }

Result<Reply> ParseReply(const Json& json) try {
  return Read(json);
} catch (const nlohmann::json::exception& error) {
  return Failed(std::string("a reply cannot be read: ") + error.what());
}

}  // namespace faretto
