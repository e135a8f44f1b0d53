#include "results/store/event_rows.h"

#include "base/hash.h"

namespace faretto {
namespace {

// The record is our own and was checked when it was written: no second check for repeated keys.
Result<Json> StoredJson(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return Failed("is not JSON");
  return json;
}

Result<Event> ReadRow(const Statement& row) {
  Event event;
  event.sequence = row.Integer(0);
  event.live_s = row.Number(1);
  event.unix_s = row.Number(2);
  FARETTO_ASSIGN_OR_RETURN(const Json body, StoredJson(row.Text(3)));
  FARETTO_ASSIGN_OR_RETURN(event.body, DecodeEventBody(body));
  if (!row.IsNull(4)) {
    RequestRecord request{row.Text(4), row.Integer(5), nullptr};
    FARETTO_ASSIGN_OR_RETURN(request.reply, StoredJson(row.Text(6)));
    event.request = std::move(request);
  }
  return event;
}

void AddBytes(std::string& text, const void* data, std::size_t size) {
  text.append(static_cast<const char*>(data), size);
}

// Every part goes in with its length, so that no two rows give the same bytes.
void AddText(std::string& text, const std::string& part) {
  const std::uint64_t size = part.size();
  AddBytes(text, &size, sizeof size);
  text += part;
}

struct RowContent {
  std::int64_t sequence = 0;
  double live_s = 0;
  double unix_s = 0;
  std::string type, body, client, reply;
  std::int64_t number = 0;
};

std::string DigestOf(const std::string& previous, const RowContent& row) {
  std::string text;
  AddText(text, previous);
  AddBytes(text, &row.sequence, sizeof row.sequence);
  AddBytes(text, &row.live_s, sizeof row.live_s);
  AddBytes(text, &row.unix_s, sizeof row.unix_s);
  for (const std::string* part : {&row.type, &row.body, &row.client, &row.reply})
    AddText(text, *part);
  AddBytes(text, &row.number, sizeof row.number);
  return HashHex(text);
}

}  // namespace

Result<Statement> PrepareEventInsert(Database& database) {
  return database.Prepare(
      "INSERT INTO events (sequence, type, live_s, unix_s, body, client, number, reply, digest)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
}

Status InsertEvent(Statement& insert, const Event& event, std::string& digest) {
  RowContent row{event.sequence,
                 event.live_s,
                 event.unix_s,
                 std::string(EventName(event.body)),
                 DumpJson(EncodeEventBody(event.body)),
                 "",
                 "",
                 0};
  insert.Bind(1, row.sequence)
      .Bind(2, std::string_view(row.type))
      .Bind(3, row.live_s)
      .Bind(4, row.unix_s)
      .Bind(5, std::string_view(row.body));
  if (event.request) {
    row.client = event.request->client;
    row.number = event.request->number;
    row.reply = DumpJson(event.request->reply);
    insert.Bind(6, std::string_view(row.client))
        .Bind(7, row.number)
        .Bind(8, std::string_view(row.reply));
  } else {
    insert.BindNull(6).BindNull(7).BindNull(8);
  }
  digest = DigestOf(digest, row);
  return insert.Bind(9, std::string_view(digest)).Run();
}

Result<std::string> NewestDigest(Database& database) {
  FARETTO_ASSIGN_OR_RETURN(
      const auto digest,
      database.QueryText("SELECT digest FROM events ORDER BY sequence DESC LIMIT 1"));
  return digest.value_or("");
}

Result<std::optional<std::int64_t>> FirstAlteredEvent(Database& database) {
  FARETTO_ASSIGN_OR_RETURN(
      Statement rows,
      database.Prepare("SELECT sequence, live_s, unix_s, type, body, client, number, reply, digest"
                       " FROM events ORDER BY sequence"));
  std::string digest;
  while (true) {
    FARETTO_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return std::optional<std::int64_t>();
    const RowContent row{rows.Integer(0), rows.Number(1), rows.Number(2), rows.Text(3),
                         rows.Text(4),    rows.Text(5),   rows.Text(7),   rows.Integer(6)};
    digest = DigestOf(digest, row);
    if (digest != rows.Text(8)) return std::optional<std::int64_t>(row.sequence);
  }
}

Status ForEachEventRow(Database& database, std::int64_t after,
                       const std::function<Status(const Event&)>& visit) {
  FARETTO_ASSIGN_OR_RETURN(
      Statement rows,
      database.Prepare("SELECT sequence, live_s, unix_s, body, client, number, reply"
                       " FROM events WHERE sequence > ?1 ORDER BY sequence"));
  rows.Bind(1, after);
  const auto damaged = [&](const std::string& problem) {
    return Failed(database.name() + " is damaged: event " + std::to_string(rows.Integer(0)) + " " +
                  problem + "; bring it back from a copy, or start in a new folder");
  };
  for (std::int64_t before = after;; ++before) {
    FARETTO_ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return Ok{};
    if (rows.Integer(0) != before + 1)
      return damaged("follows event " + std::to_string(before) + ": the record has a gap");
    const Result<Event> event = ReadRow(rows);
    if (!event.ok()) return damaged(event.error().message);
    FARETTO_RETURN_IF_ERROR(visit(*event));
  }
}

}  // namespace faretto
