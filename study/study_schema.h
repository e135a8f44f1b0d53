// The published JSON Schema (draft 7) of study files, for editors and other programs;
// docs/study.schema.json is its text. ParseStudy first checks the meaning, with messages of its
// own, and then every file against this schema.
#pragma once

#include "base/json.h"
#include "base/result.h"

namespace faretto {

const Json& StudySchema();

// kInvalid with the JSON path of the first thing that the schema refuses.
Status CheckAgainstSchema(const Json& study);

}  // namespace faretto
