#include "study/budget_json.h"

#include "base/field_reader.h"

namespace faretto {

Result<BudgetSpec> BudgetFromJson(const Json& json) {
  BudgetSpec budget;
  if (json.is_null()) return budget;
  FieldReader fields(json, "budget");
  fields.OptionalInteger("trials", budget.trials, 1);
  fields.OptionalNumber("resource", budget.resource, true);
  fields.OptionalNumber("wall_clock_s", budget.wall_clock_s, true);
  FARETTO_RETURN_IF_ERROR(fields.Finish());
  return budget;
}

Result<RetrySpec> RetryFromJson(const Json& json) {
  RetrySpec retry;
  if (json.is_null()) return retry;
  FieldReader fields(json, "retry");
  fields.Integer("max_attempts", retry.max_attempts, 1);
  fields.Integer("max_lost", retry.max_lost, 0);
  FARETTO_RETURN_IF_ERROR(fields.Finish());
  return retry;
}

Result<LimitsSpec> LimitsFromJson(const Json& json) {
  LimitsSpec limits;
  if (json.is_null()) return limits;
  FieldReader fields(json, "limits");
  // null is a value here: no limit.
  if (json.is_object() && json.contains("stall_s") && json["stall_s"].is_null())
    limits.stall_s.reset();
  fields.OptionalNumber("stall_s", limits.stall_s, true);
  fields.OptionalNumber("assignment_s", limits.assignment_s, true);
  FARETTO_RETURN_IF_ERROR(fields.Finish());
  return limits;
}

Json ToJson(const BudgetSpec& budget) {
  Json json = Json::object();
  if (budget.trials) json["trials"] = *budget.trials;
  if (budget.resource) json["resource"] = *budget.resource;
  if (budget.wall_clock_s) json["wall_clock_s"] = *budget.wall_clock_s;
  return json;
}

Json ToJson(const RetrySpec& retry) {
  return {{"max_attempts", retry.max_attempts}, {"max_lost", retry.max_lost}};
}

Json ToJson(const LimitsSpec& limits) {
  return {{"stall_s", limits.stall_s ? Json(*limits.stall_s) : Json()},
          {"assignment_s", limits.assignment_s ? Json(*limits.assignment_s) : Json()}};
}

}  // namespace faretto
