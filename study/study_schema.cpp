#include "study/study_schema.h"

#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace faretto {
namespace {

constexpr const char* kSchema = R"json({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "title": "Faretto study",
  "type": "object",
  "required": ["space", "objectives"],
  "additionalProperties": false,
  "properties": {
    "$schema": {"type": ["string", "null"]},
    "name": {"type": ["string", "null"], "minLength": 1, "maxLength": 200},
    "seed": {"type": ["number", "null"], "minimum": 0},
    "space": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "preset": {"type": "string"},
        "parameters": {"type": "array", "items": {
          "type": "object", "required": ["name", "type"], "additionalProperties": false,
          "properties": {
            "name": {"type": "string", "minLength": 1},
            "type": {"enum": ["categorical", "ordinal", "int", "float"]},
            "choices": {"type": "array", "minItems": 1},
            "low": {"type": "number"}, "high": {"type": "number"},
            "log": {"type": "boolean"}, "step": {"type": ["number", "null"]},
            "default": {"type": ["string", "number", "boolean", "null"]},
            "prior": {
              "type": "object", "additionalProperties": false,
              "properties": {
                "mean": {"type": "number"}, "sd": {"type": "number", "exclusiveMinimum": 0},
                "weights": {"type": "array", "minItems": 1,
                            "items": {"type": "number", "exclusiveMinimum": 0}}}}}}},
        "conditions": {"type": "array", "items": {
          "type": "object", "required": ["parameter", "active_when"], "additionalProperties": false,
          "properties": {"parameter": {"type": "string"}, "active_when": {"type": "object"}}}},
        "forbidden": {"type": "array", "items": {"type": "object"}}}},
    "objectives": {"type": "array", "minItems": 1, "items": {
      "type": "object", "required": ["name"], "additionalProperties": false,
      "properties": {"name": {"type": "string", "minLength": 1},
                     "direction": {"enum": ["minimize", "maximize"]},
                     "reference": {"type": ["number", "null"]},
                     "log": {"type": ["boolean", "null"]}}}},
    "constraints": {"type": ["array", "null"], "items": {
      "type": "object", "required": ["metric"], "additionalProperties": false,
      "properties": {"metric": {"type": "string", "minLength": 1},
                     "at_most": {"type": ["number", "null"]}, "at_least": {"type": ["number", "null"]}}}},
    "algorithm": {
      "type": ["object", "null"], "additionalProperties": false,
      "properties": {"searcher": {"type": ["string", "null"]}, "fidelity": {"type": ["string", "null"]},
                     "min_resource": {"type": ["number", "null"], "minimum": 1},
                     "max_resource": {"type": ["number", "null"], "minimum": 1},
                     "reduction_factor": {"type": ["number", "null"], "minimum": 2},
                     "population": {"type": ["number", "null"], "minimum": 2},
                     "surrogate": {"enum": ["gp", "rf", null]},
                     "initial": {"type": ["number", "null"], "minimum": 1},
                     "lookahead": {"type": ["number", "null"], "minimum": 0, "maximum": 1000},
                     "cost": {"enum": ["resource", "reported", null]}}},
    "budget": {
      "type": ["object", "null"], "additionalProperties": false,
      "properties": {"trials": {"type": ["number", "null"], "minimum": 1},
                     "resource": {"type": ["number", "null"], "minimum": 0},
                     "wall_clock_s": {"type": ["number", "null"], "minimum": 0}}},
    "trainer": {"type": ["object", "null"], "required": ["type"], "properties": {"type": {"type": "string"}}},
    "retry": {
      "type": ["object", "null"], "additionalProperties": false,
      "properties": {"max_attempts": {"type": ["number", "null"], "minimum": 1},
                     "max_lost": {"type": ["number", "null"], "minimum": 0}}},
    "limits": {
      "type": ["object", "null"], "additionalProperties": false,
      "properties": {"stall_s": {"type": ["number", "null"], "minimum": 0},
                     "assignment_s": {"type": ["number", "null"], "minimum": 0}}}
  }
})json";

const valijson::Schema& CompiledSchema() {
  static const valijson::Schema* const compiled = [] {
    auto* schema = new valijson::Schema;
    static const nlohmann::json document(StudySchema());
    valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(document),
                                            *schema);
    return schema;
  }();
  return *compiled;
}

}  // namespace

const Json& StudySchema() {
  static const Json schema = Json::parse(kSchema);
  return schema;
}

Status CheckAgainstSchema(const Json& study) {
  const nlohmann::json document(study);
  valijson::ValidationResults results;
  valijson::Validator validator;
  if (validator.validate(CompiledSchema(), valijson::adapters::NlohmannJsonAdapter(document),
                         &results))
    return Ok{};
  valijson::ValidationResults::Error error;
  std::string text = "it does not fit the schema";
  // The last one is the innermost reason's parent; the first is the most exact.
  if (results.popError(error)) {
    std::string path;
    for (const std::string& part : error.context) path += part == "<root>" ? "" : part;
    text = path + ": " + error.description;
  }
  return Invalid(text);
}

}  // namespace faretto
