// What the program needs of the processor that it runs on. Thread safety: pure functions.
#pragma once

#include <string>

namespace faretto {

// Ends the program with status 1 and one sentence if this processor lacks instructions that the
// program was built for (CMake option FARETTO_ARCH). A call from main links this file into the
// program; from then on the check also runs before all other static initialisers, which may use
// such instructions already.
void RequireProcessor();

// The instruction sets of this processor that decide how floating-point results are rounded, such
// as "x86-64+avx2". Results repeat bit for bit only where this text is the same.
std::string InstructionSet();

}  // namespace faretto
