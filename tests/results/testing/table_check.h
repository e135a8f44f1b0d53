// Do the tables of a store say what the fold of its events says?
#pragma once

#include <string>

#include "results/store/sqlite.h"
#include "study/study_spec.h"

namespace faretto {

// The first difference, or an empty text.
std::string TablesDifference(Database& database, const StudySpec& spec);

// A whole table or view as text, ordered by its first columns.
std::string Dump(Database& database, const std::string& sql);

}  // namespace faretto
