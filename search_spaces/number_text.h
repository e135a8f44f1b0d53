// Numbers as text, the same on every machine and in every locale.
#pragma once

#include <string>

namespace faretto {

// `value` rounded to 12 significant digits ("0.1", "1e-05"), appended: the precision in which two
// floats count as the same configuration.
void AppendRounded(double value, std::string& text);

// The shortest text that reads back as exactly `value`; 1.0 gives "1".
std::string ExactText(double value);

}  // namespace faretto
