#include "base/log.h"

#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <utility>

namespace faretto {
namespace {

constexpr std::size_t kRecentLines = 30;

const std::shared_ptr<spdlog::sinks::ringbuffer_sink_mt>& RecentSink() {
  static const auto kSink = std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(kRecentLines);
  return kSink;
}

std::atomic<std::size_t> lines_since = 0;  // ForgetRecentLog

void Log(spdlog::level::level_enum level, const std::string& line) {
  spdlog::log(level, "{}", line);
  ++lines_since;
}

}  // namespace

void SetUpLog() {
  auto shown = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger =
      std::make_shared<spdlog::logger>("faretto", spdlog::sinks_init_list{shown, RecentSink()});
  logger->set_pattern("%Y-%m-%dT%H:%M:%S %l %v");
  spdlog::set_default_logger(std::move(logger));
}

void LogInfo(const std::string& line) { Log(spdlog::level::info, line); }
void LogWarning(const std::string& line) { Log(spdlog::level::warn, line); }
void LogError(const std::string& line) { Log(spdlog::level::err, line); }

void EndWithInternalError(const std::string& problem) {
  LogError("internal error: " + problem);
  std::abort();
}

std::string RecentLog() {
  std::string text;
  const std::size_t lines = std::min<std::size_t>(lines_since, kRecentLines);
  if (lines == 0) return text;
  for (const std::string& line : RecentSink()->last_formatted(lines)) text += line;
  return text;
}

void ForgetRecentLog() { lines_since = 0; }

}  // namespace faretto
