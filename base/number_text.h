// Numbers in tables, records and messages.
#pragma once

#include <string>

namespace faretto {

// The shortest text that reads back as the same number: 0.1, 18, 1e-05.
std::string NumberText(double value);
// For people: four significant digits.
std::string ShortNumber(double value);

}  // namespace faretto
