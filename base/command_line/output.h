// Standard output, errors and exit codes of every command. Thread safety: for one thread.
#pragma once

#include <string>

#include "base/result.h"

namespace faretto {

// Prints to standard output; kFailed if that cannot be written to. A reader that has seen enough
// (| head) is no failure.
Status Print(const std::string& text);
// A line for people on standard error, which leaves standard output to results.
void Say(const std::string& line);
// Nobody reads standard output any more.
bool ReaderIsGone();

// Prints "<program>: <message>" to standard error; returns the exit code of the error.
int PrintError(const Error& error, const std::string& program = "faretto");
// An exit code from a command's body that returns a Status.
int Exit(const Status& status);

}  // namespace faretto
