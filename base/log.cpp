#include "base/log.h"

#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

namespace faretto {
namespace {

constexpr std::size_t kRecentLines = 30;

const std::shared_ptr<spdlog::sinks::ringbuffer_sink_mt>& RecentSink() {
  static const auto kSink = std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(kRecentLines);
  return kSink;
}

}  // namespace

void SetUpLog() {
  auto shown = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger =
      std::make_shared<spdlog::logger>("faretto", spdlog::sinks_init_list{shown, RecentSink()});
  logger->set_pattern("%Y-%m-%dT%H:%M:%S %l %v");
  spdlog::set_default_logger(std::move(logger));
}

void LogInfo(const std::string& line) { spdlog::info("{}", line); }
void LogWarning(const std::string& line) { spdlog::warn("{}", line); }
void LogError(const std::string& line) { spdlog::error("{}", line); }

std::string RecentLog() {
  std::string text;
  for (const std::string& line : RecentSink()->last_formatted()) text += line;
  return text;
}

}  // namespace faretto
