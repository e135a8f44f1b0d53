#include "protocol/requests.h"

#include <cctype>
#include <type_traits>
#include <utility>

#include "protocol/fields.h"

namespace faretto {
namespace {

constexpr std::size_t kMaxText = 4096;
constexpr std::size_t kMaxLog = 65536;

// Each request lists its fields once, in Visit; encoding and decoding both follow that list.
template <class V, class R>
void VisitRef(V& visit, R& request) {
  visit.AtLeast("assignment", request.ref.assignment, 0);
  visit.AtLeast("fence", request.ref.fence, 0);
}

template <class V, class R>
void Visit(V& visit, R& request) {
  using T = std::remove_const_t<R>;
  if constexpr (requires { request.ref; }) VisitRef(visit, request);
  if constexpr (std::is_same_v<T, HelloRequest>) {
    visit.Text("host", request.host, kMaxText);
    visit.AtLeast("pid", request.pid, 0);
    visit.Text("domain", request.domain, kMaxText);
  } else if constexpr (std::is_same_v<T, HeartbeatRequest>) {
    visit.Integer("progress", request.progress);
  } else if constexpr (std::is_same_v<T, ReportRequest>) {
    visit.AtLeast("resource", request.resource, 0);
    visit.Values("values", request.values);
    visit.NumberAtLeastZero("cost", request.cost);
  } else if constexpr (std::is_same_v<T, CheckpointRequest>) {
    visit.AtLeast("resource", request.resource, 0);
    visit.AtLeast("batch", request.batch, 0);
    visit.CheckpointName("file", request.file);
    visit.Text("domain", request.domain, kMaxText);
  } else if constexpr (std::is_same_v<T, CheckpointDamagedRequest>) {
    visit.AtLeast("trial", request.trial, 0);
    visit.CheckpointName("file", request.file);
  } else if constexpr (std::is_same_v<T, CompleteRequest>) {
    visit.Values("values", request.values);
  } else if constexpr (std::is_same_v<T, FailRequest>) {
    visit.Text("reason", request.reason, kMaxText);
    visit.EndOfText("log", request.log, kMaxLog);
  } else if constexpr (std::is_same_v<T, HandBackRequest> || std::is_same_v<T, GoodbyeRequest>) {
    visit.Text("reason", request.reason, kMaxText);
  } else if constexpr (std::is_same_v<T, EnqueueRequest>) {
    visit.Any("params", request.params);
  } else if constexpr (std::is_same_v<T, ImportRequest>) {
    visit.Any("trials", request.trials);
  } else if constexpr (std::is_same_v<T, RetryRequest>) {
    visit.Integer("trial", request.trial);
  } else if constexpr (std::is_same_v<T, StopRequest>) {
    visit.Optional("trial", request.trial);
  } else if constexpr (std::is_same_v<T, RetrainRequest>) {
    visit.Integer("trial", request.trial);
    visit.Integer("seeds", request.seeds);
    visit.Integer("resource", request.resource);
    visit.Text("split", request.split, kMaxText);
  } else if constexpr (std::is_same_v<T, TakeoverRequest>) {
    visit.AtLeast("incarnation", request.incarnation, 1);
  }
}

struct Writer {
  Json& json;
  void Integer(const char* key, std::int64_t value) { json[key] = value; }
  void AtLeast(const char* key, std::int64_t value, std::int64_t) { json[key] = value; }
  void NumberAtLeastZero(const char* key, double value) { json[key] = value; }
  void Text(const char* key, const std::string& value, std::size_t) { json[key] = value; }
  void EndOfText(const char* key, const std::string& value, std::size_t) { json[key] = value; }
  void CheckpointName(const char* key, const std::string& value) { json[key] = value; }
  void Values(const char* key, const Metrics& value) {
    json[key] = Json::object();
    for (const auto& [name, number] : value) json[key][name] = number;
  }
  void Any(const char* key, const Json& value) { json[key] = value; }
  void Optional(const char* key, const std::optional<TrialId>& value) {
    if (value) json[key] = *value;
  }
};

struct Reader {
  Fields& fields;
  void Integer(const char* key, std::int64_t& value) { value = fields.Integer(key); }
  void AtLeast(const char* key, std::int64_t& value, std::int64_t low) {
    value = fields.AtLeast(key, low);
  }
  void NumberAtLeastZero(const char* key, double& value) {
    value = fields.Number(key);
    if (value < 0) fields.Refuse(std::string("\"") + key + "\" is below 0");
  }
  void Text(const char* key, std::string& value, std::size_t limit) {
    value = fields.Text(key, limit);
  }
  void EndOfText(const char* key, std::string& value, std::size_t limit) {
    value = fields.Text(key, limit, true);
  }
  void CheckpointName(const char* key, std::string& value) {
    value = fields.Text(key, kMaxText);
    if (!IsCheckpointFile(value))
      fields.Refuse(std::string("\"") + key + "\" is not the name of a checkpoint");
  }
  void Values(const char* key, Metrics& value) { value = fields.Values(key); }
  void Any(const char* key, Json& value) { value = fields.Any(key); }
  void Optional(const char* key, std::optional<TrialId>& value) {
    if (fields.Has(key)) value = fields.Integer(key);
  }
};

// The index of the operation of this name in the variant; variant_size if there is none.
template <std::size_t i = 0>
std::size_t IndexOf(std::string_view op) {
  if constexpr (i == std::variant_size_v<Operation>) {
    return i;
  } else {
    return std::variant_alternative_t<i, Operation>::kOp == op ? i : IndexOf<i + 1>(op);
  }
}

template <std::size_t i = 0>
Operation MakeOperation(std::size_t index) {
  if constexpr (i + 1 == std::variant_size_v<Operation>) {
    return std::variant_alternative_t<i, Operation>{};
  } else {
    return index == i ? Operation(std::variant_alternative_t<i, Operation>{})
                      : MakeOperation<i + 1>(index);
  }
}

// One or more digits at the start of `text`, cut off.
bool EatNumber(std::string_view& text) {
  std::size_t digits = 0;
  while (digits < text.size() && std::isdigit(static_cast<unsigned char>(text[digits]))) ++digits;
  text.remove_prefix(digits);
  return digits > 0 && digits < 20;
}

bool Eat(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

}  // namespace

bool IsOperation(std::string_view op) { return IndexOf(op) < std::variant_size_v<Operation>; }

std::string_view OperationName(const Operation& operation) {
  return std::visit([](const auto& request) { return request.kOp; }, operation);
}

bool IsOfWorker(std::string_view op) { return IndexOf(op) <= IndexOf(GoodbyeRequest::kOp); }

bool IsNumbered(std::string_view op) {
  for (const std::string_view other : {HeartbeatRequest::kOp, PingRequest::kOp, StatusRequest::kOp,
                                       WorkersRequest::kOp, TakeoverRequest::kOp})
    if (op == other) return false;
  return true;
}

Json EncodeOperation(const Operation& operation) {
  Json json = {{"op", OperationName(operation)}};
  Writer writer{json};
  std::visit([&](const auto& request) { Visit(writer, request); }, operation);
  return json;
}

Result<Operation> DecodeOperation(std::string_view op, const Json& body) {
  const std::size_t index = IndexOf(op);
  if (index == std::variant_size_v<Operation>)
    return Invalid("unknown operation \"" + std::string(op) + "\"");
  Operation operation = MakeOperation(index);
  Fields fields(body);
  Reader reader{fields};
  std::visit([&](auto& request) { Visit(reader, request); }, operation);
  if (!fields.problem().empty()) return Invalid(fields.problem());
  return operation;
}

std::string CheckpointFile(TrialId trial, std::int64_t resource, std::int64_t batch,
                           std::int64_t fence) {
  return std::to_string(trial) + "/" + std::to_string(resource) + "-" + std::to_string(batch) +
         "-" + std::to_string(fence) + ".ckpt";
}

bool IsCheckpointFile(std::string_view name) {
  return EatNumber(name) && Eat(name, "/") && EatNumber(name) && Eat(name, "-") &&
         EatNumber(name) && Eat(name, "-") && EatNumber(name) && name == ".ckpt";
}

}  // namespace faretto
