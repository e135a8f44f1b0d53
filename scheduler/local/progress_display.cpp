#include "scheduler/local/progress_display.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "base/number_text.h"
#include "base/utf8.h"
#include "results/queries/table.h"

namespace faretto {
namespace {

constexpr double kTerminalPeriodS = 0.1;
constexpr double kPlainPeriodS = 5;
constexpr int kBarWidth = 20;
constexpr std::size_t kMostOfAFailure = 80;

std::string Duration(double seconds) {
  const auto whole = static_cast<long long>(std::llround(std::max(0.0, seconds)));
  char text[64];
  if (whole >= 3600) {
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60,
                  whole % 60);
  } else {
    std::snprintf(text, sizeof text, "%lld:%02lld", whole / 60, whole % 60);
  }
  return text;
}

// The part of the budget that is used, by whichever budget is nearest to its end.
double UsedPart(const Progress& progress) {
  double part = 0;
  if (progress.total_resource)
    part = std::max(part, progress.spent_resource / *progress.total_resource);
  if (progress.total_s) part = std::max(part, progress.elapsed_s / *progress.total_s);
  if (progress.total_trials && !progress.total_resource) {
    part = std::max(
        part, static_cast<double>(progress.done()) / static_cast<double>(*progress.total_trials));
  }
  return std::min(part, 1.0);
}

std::string Bar(double part) {
  const int filled = static_cast<int>(part * kBarWidth);
  return "[" + std::string(static_cast<std::size_t>(filled), '#') +
         std::string(static_cast<std::size_t>(kBarWidth - filled), '.') + "] ";
}

// The display is one line.
std::string Shortened(const std::string& text) {
  std::string line = text.substr(0, text.find('\n'));
  if (line.size() <= kMostOfAFailure) return line;
  std::size_t end = kMostOfAFailure;
  while (end > 0 && ContinuesCharacter(line[end])) --end;
  line.resize(end);
  return line + "...";
}

}  // namespace

std::string ProgressText(const Progress& progress) {
  std::string text = "trials " + std::to_string(progress.done()) + " done, " +
                     std::to_string(progress.running) + " running";
  if (progress.imported > 0) text += ", " + std::to_string(progress.imported) + " imported";
  if (progress.failed > 0)
    text +=
        ", " + std::to_string(progress.failed) + " failed (" + Shortened(progress.failure) + ")";
  text += "  front " + std::to_string(progress.front_size);
  if (progress.hypervolume) text += "  hypervolume " + ShortNumber(*progress.hypervolume);
  text += "  resource " + NumberText(progress.spent_resource);
  if (progress.total_resource) text += "/" + NumberText(*progress.total_resource);
  if (progress.pending_jobs > 0) text += "  jobs to do " + std::to_string(progress.pending_jobs);
  text += "  " + Duration(progress.elapsed_s);
  if (progress.stopping) {
    text += ", ending";
  } else if (progress.time_left_s && !progress.finished) {
    text += ", about " + Duration(*progress.time_left_s) + " left";
  }
  return text;
}

ProgressDisplay::ProgressDisplay(const Clock& clock)
    : clock_(clock), terminal_(::isatty(STDERR_FILENO) == 1) {}

void ProgressDisplay::Show(const Progress& progress) {
  text_ = (terminal_ ? Bar(UsedPart(progress)) : "") + ProgressText(progress);
  const double now = clock_.MonotonicS();
  if (now - shown_at_ < (terminal_ ? kTerminalPeriodS : kPlainPeriodS)) return;
  shown_at_ = now;
  shown_ = text_;
  std::fprintf(stderr, terminal_ ? "\r\033[K%s" : "%s\n", text_.c_str());
}

void ProgressDisplay::Finish() {
  if (terminal_) {
    std::fprintf(stderr, "\r\033[K%s\n", text_.c_str());
  } else if (shown_ != text_) {
    std::fprintf(stderr, "%s\n", text_.c_str());
  }
  shown_ = text_;
}

}  // namespace faretto
