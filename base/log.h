// Log lines of programs that run for long, on standard error. Thread safety: all from any thread
// after SetUpLog.
#pragma once

#include <string>

namespace faretto {

// "2026-01-31T12:00:00 info text" from now on; before, lines have the logging library's own form.
// The newest lines are kept for RecentLog.
void SetUpLog();

void LogInfo(const std::string& line);
void LogWarning(const std::string& line);
void LogError(const std::string& line);

// The newest lines (30) since ForgetRecentLog or SetUpLog, newline after each; empty before.
std::string RecentLog();
// What was logged before belongs to something else.
void ForgetRecentLog();

}  // namespace faretto
