// The published JSON Schema (draft 7) of study files, for editors and other programs;
// docs/study.schema.json is its text. ParseStudy checks meaning with sentences of its own first and
// holds every file against the schema as well.
#pragma once

#include "base/json.h"
#include "base/result.h"

namespace faretto {

const Json& StudySchema();

// kInvalid with the JSON path of the first thing that the schema refuses.
Status CheckAgainstSchema(const Json& study);

}  // namespace faretto
