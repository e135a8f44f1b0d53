#include "protocol/worker_status.h"

#include <sstream>

namespace faretto {

std::string EncodeWorkerStatus(const WorkerStatus& status) {
  if (!status.held) return "idle";
  std::ostringstream line;
  line << "assignment " << status.held->ref.assignment << ' ' << status.held->ref.fence << ' '
       << status.held->trial << ' ' << AssignmentKindName(status.held->kind);
  return std::move(line).str();
}

std::optional<WorkerStatus> DecodeWorkerStatus(const std::string& line) {
  if (line == "idle") return WorkerStatus{};
  std::istringstream in(line);
  std::string word, kind, rest;
  WorkerStatus::Held held;
  in >> word >> held.ref.assignment >> held.ref.fence >> held.trial >> kind;
  if (!in || word != "assignment" || in >> rest) return {};
  const Result<AssignmentKind> parsed = AssignmentKindFromName(kind);
  if (!parsed.ok()) return {};
  held.kind = *parsed;
  return WorkerStatus{held};
}

}  // namespace faretto
