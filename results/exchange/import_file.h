// Files of results that were made elsewhere, for `faretto import`.
//
// JSON (first character { or [): a list of trials, or an object with "trials", so that what
// `trials --format json` and `export --format json` print can be read. One trial:
//   {"params": {...}, "resource": 18, "values": {"error": 0.1}, "cost": 18}
//   {"params": {...}, "reports": [{"resource": 2, "values": {...}}, ...]}
//   {"params": {...}, "state": "failed", "failure": "out of memory"}
// Also "failed": true or the reason as text, with "reason"; "failure" may be {"reason": ...}.
//
// CSV: a header and a row a result, with the columns resource, cost, state, failed, failure, reason
// and either the names of parameters and metrics or, as the exports have them, params.NAME and
// values.NAME. An empty cell is an absent value. Columns that only exports have (id, origin, seed,
// ...) are skipped.
//
// In both a missing resource means max_resource, and rows with one configuration are one trial at
// several resources. The same resource twice is an error, unless both rows have the same id (a
// stretch that was trained again): then the later one holds. A trial in another state than failed
// that has no values yet is left out and counted.
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "study/study_spec.h"

namespace faretto {

struct ImportFile {
  Json trials;                  // in the form of study/import.h, each of them checked
  std::int64_t unfinished = 0;  // left out: neither values nor a failure
};

// kInvalid: one line for each wrong row or trial (the first 20), naming its number.
Result<ImportFile> ParseImportFile(const StudySpec& spec, std::string_view text);

}  // namespace faretto
