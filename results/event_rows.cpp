#include "results/event_rows.h"

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

}  // namespace

Result<Statement> PrepareEventInsert(Database& database) {
  return database.Prepare(
      "INSERT INTO events (sequence, type, live_s, unix_s, body, client, number, reply)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
}

Status InsertEvent(Statement& insert, const Event& event) {
  insert.Bind(1, event.sequence)
      .Bind(2, EventName(event.body))
      .Bind(3, event.live_s)
      .Bind(4, event.unix_s)
      .Bind(5, DumpJson(EncodeEventBody(event.body)));
  if (event.request) {
    insert.Bind(6, event.request->client)
        .Bind(7, event.request->number)
        .Bind(8, DumpJson(event.request->reply));
  } else {
    insert.BindNull(6).BindNull(7).BindNull(8);
  }
  return insert.Run();
}

Status ForEachEventRow(Database& database, const std::function<Status(const Event&)>& visit) {
  FARETTO_ASSIGN_OR_RETURN(
      Statement rows,
      database.Prepare("SELECT sequence, live_s, unix_s, body, client, number, reply"
                       " FROM events ORDER BY sequence"));
  while (true) {
    FARETTO_ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return Ok{};
    const Result<Event> event = ReadRow(rows);
    if (!event.ok()) {
      return Failed("the store is damaged: event " + std::to_string(rows.Integer(0)) + " " +
                    event.error().message);
    }
    FARETTO_RETURN_IF_ERROR(visit(*event));
  }
}

}  // namespace faretto
