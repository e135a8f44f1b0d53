#include "results/store/snapshots.h"

#include <utility>

#include "study/state_snapshot.h"

namespace faretto {
namespace {

// An event that was altered since, and with it the digest of those after it, is folded again and
// then found out, instead of being covered by a snapshot.
constexpr char kUsable[] =
    "SELECT s.state, s.sequence FROM snapshots s"
    " JOIN events e ON e.sequence = s.sequence AND e.digest = s.digest ORDER BY s.sequence DESC";

}  // namespace

StudyState NewestSnapshot(Database& database, const StudySpec& spec) {
  // Stores of schema version 1 have no such table, which readers do not add.
  auto rows = database.Prepare(kUsable);
  while (rows.ok()) {
    const auto row = rows->Step();
    if (!row.ok() || !*row) break;
    auto state = DecodeState(spec, rows->Bytes(0));
    if (state.ok() && state->sequence() == rows->Integer(1)) return std::move(*state);
  }
  return StudyState(spec);
}

Status SaveSnapshot(Database& database, const StudyState& state, const std::string& digest) {
  FARETTO_RETURN_IF_ERROR(database.Execute("DELETE FROM snapshots"));
  FARETTO_ASSIGN_OR_RETURN(
      Statement insert,
      database.Prepare("INSERT INTO snapshots (sequence, digest, state) VALUES (?1, ?2, ?3)"));
  return insert.Bind(1, state.sequence())
      .Bind(2, std::string_view(digest))
      .BindBytes(3, EncodeState(state))
      .Run();
}

}  // namespace faretto
