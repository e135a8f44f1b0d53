// The processor that the program runs on. Thread safety: pure functions.
#pragma once

#include <string>

namespace faretto {

// Ends the program with a sentence, status 1, if it was built for instructions that this processor
// lacks (FARETTO_ARCH). Runs by itself before everything else in every program that calls it.
void RequireProcessor();

// What the processor offers of what decides whether floating-point results repeat bit for bit.
std::string InstructionSet();

}  // namespace faretto
