// The log of long-running programs, on standard error. Thread safety: after SetUpLog every function
// may be called from any thread.
#pragma once

#include <string>

namespace faretto {

// "2026-01-31T12:00:00 info text" from now on; before, lines have the logging library's own form.
// The newest lines are kept for RecentLog.
void SetUpLog();

void LogInfo(const std::string& line);
void LogWarning(const std::string& line);
void LogError(const std::string& line);

// For what only a programmer's mistake can bring about: logs it and aborts.
[[noreturn]] void EndWithInternalError(const std::string& problem);

// The newest lines (30) since ForgetRecentLog or SetUpLog, newline after each; empty before.
std::string RecentLog();
// Empties RecentLog: what was logged so far belongs to something else.
void ForgetRecentLog();

}  // namespace faretto
