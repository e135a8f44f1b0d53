#include "results/pages/svg_plot.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/number_text.h"
#include "results/pages/html.h"
#include "results/queries/table.h"

namespace faretto {
namespace {

// The picture's own units; the page scales it.
constexpr double kWidth = 820;
constexpr double kHeight = 440;
constexpr double kLeft = 72;
constexpr double kRight = 20;
constexpr double kTop = 16;
constexpr double kBottom = 54;

std::string Pixel(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.1f", value);
  return buffer;
}

std::string Line(double x1, double y1, double x2, double y2, const std::string& style) {
  return "<line class=\"" + style + "\" x1=\"" + Pixel(x1) + "\" y1=\"" + Pixel(y1) + "\" x2=\"" +
         Pixel(x2) + "\" y2=\"" + Pixel(y2) + "\"/>\n";
}

std::string Words(double x, double y, const std::string& anchor, const std::string& style,
                  const std::string& text, const std::string& extra = "") {
  return "<text class=\"" + style + "\" x=\"" + Pixel(x) + "\" y=\"" + Pixel(y) +
         "\" text-anchor=\"" + anchor + "\"" + extra + ">" + Escape(text) + "</text>\n";
}

std::string TickText(double value) { return ShortNumber(std::abs(value) < 1e-12 ? 0 : value); }

std::string ShapePath(const std::string& shape, double r) {
  const std::string p = Pixel(r);
  const std::string n = Pixel(-r);
  if (shape == "cross")
    return "M" + n + " " + n + "L" + p + " " + p + "M" + n + " " + p + "L" + p + " " + n;
  return "M0 " + n + "L" + p + " 0L0 " + p + "L" + n + " 0Z";  // diamond
}

}  // namespace

std::vector<double> Ticks(double low, double high, int count) {
  if (!(high > low) || count < 1) return {low};
  const double raw = (high - low) / count;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  double step = power;
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    step = factor * power;
    if (step >= 0.7 * raw) break;
  }
  std::vector<double> ticks;
  for (double k = std::ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; ++k) {
    ticks.push_back(k * step);
  }
  return ticks;
}

void AxisRange::Include(double value) {
  low = empty_ ? value : std::min(low, value);
  high = empty_ ? value : std::max(high, value);
  empty_ = false;
}

AxisRange AxisRange::Padded() const {
  AxisRange padded = *this;
  const double extent = high - low;
  const double room = extent > 0 ? 0.06 * extent : std::max(std::abs(high) * 0.1, 1e-6);
  // Metrics that are never negative keep their zero.
  padded.low = low >= 0 ? std::max(0.0, low - room) : low - room;
  padded.high = high + room;
  return padded;
}

SvgPlot::SvgPlot(AxisRange x, AxisRange y, std::string x_name, std::string y_name)
    : x_(x), y_(y), x_name_(std::move(x_name)), y_name_(std::move(y_name)) {}

double SvgPlot::PixelX(double x) const {
  return kLeft + (x - x_.low) / (x_.high - x_.low) * (kWidth - kLeft - kRight);
}

double SvgPlot::PixelY(double y) const {
  return kHeight - kBottom - (y - y_.low) / (y_.high - y_.low) * (kHeight - kTop - kBottom);
}

void SvgPlot::AddMark(double x, double y, const std::string& shape, const std::string& style,
                      double size, const std::string& title) {
  if (x < x_.low || x > x_.high || y < y_.low || y > y_.high) return;
  const std::string place =
      " transform=\"translate(" + Pixel(PixelX(x)) + " " + Pixel(PixelY(y)) + ")\"";
  const std::string inside = "<title>" + Escape(title) + "</title>";
  if (shape == "dot") {
    content_ += "<circle class=\"" + style + "\"" + place + " r=\"" + Pixel(size) + "\">" + inside +
                "</circle>\n";
  } else {
    content_ += "<path class=\"" + style + "\"" + place + " d=\"" + ShapePath(shape, size) + "\">" +
                inside + "</path>\n";
  }
}

void SvgPlot::AddLabel(double x, double y, const std::string& text, const std::string& style) {
  // Near the right edge the text stands on the other side.
  const bool flip = PixelX(x) > kWidth - 130;
  content_ +=
      Words(PixelX(x) + (flip ? -10 : 10), PixelY(y) + 4, flip ? "end" : "start", style, text);
}

std::string SvgPlot::Path(const std::vector<std::pair<double, double>>& points) const {
  std::string path;
  for (const auto& [x, y] : points) {
    path += (path.empty() ? "M" : "L") + Pixel(PixelX(std::clamp(x, x_.low, x_.high))) + " " +
            Pixel(PixelY(std::clamp(y, y_.low, y_.high)));
  }
  return path;
}

void SvgPlot::AddLine(const std::vector<std::pair<double, double>>& points,
                      const std::string& style) {
  if (points.size() < 2) return;
  content_ += "<path class=\"" + style + "\" d=\"" + Path(points) + "\"/>\n";
}

void SvgPlot::AddArea(const std::vector<std::pair<double, double>>& points,
                      const std::string& style) {
  if (points.size() < 2) return;
  auto closed = points;
  closed.emplace_back(points.back().first, y_.low);
  closed.emplace_back(points.front().first, y_.low);
  content_ += "<path class=\"" + style + "\" d=\"" + Path(closed) + "Z\"/>\n";
}

void SvgPlot::AddWhisker(double x, double low, double high, const std::string& style) {
  if (x < x_.low || x > x_.high) return;
  const double at = PixelX(x);
  const double bottom = PixelY(std::clamp(low, y_.low, y_.high));
  const double top = PixelY(std::clamp(high, y_.low, y_.high));
  content_ += Line(at, bottom, at, top, style);
  if (low >= y_.low) content_ += Line(at - 3, bottom, at + 3, bottom, style);
  if (high <= y_.high) content_ += Line(at - 3, top, at + 3, top, style);
}

std::string SvgPlot::Axes() const {
  std::string svg;
  const double floor = kHeight - kBottom;
  for (const double tick : Ticks(x_.low, x_.high, 8)) {
    svg += Line(PixelX(tick), kTop, PixelX(tick), floor, "grid");
    svg += Words(PixelX(tick), floor + 18, "middle", "tick", TickText(tick));
  }
  for (const double tick : Ticks(y_.low, y_.high, 6)) {
    svg += Line(kLeft, PixelY(tick), kWidth - kRight, PixelY(tick), "grid");
    svg += Words(kLeft - 10, PixelY(tick) + 4, "end", "tick", TickText(tick));
  }
  svg += Line(kLeft, floor, kWidth - kRight, floor, "axis");
  svg += Line(kLeft, kTop, kLeft, floor, "axis");
  svg += Words((kLeft + kWidth - kRight) / 2, kHeight - 12, "middle", "name", x_name_);
  const double middle = (kTop + floor) / 2;
  svg += Words(18, middle, "middle", "name", y_name_,
               " transform=\"rotate(-90 18 " + Pixel(middle) + ")\"");
  return svg;
}

std::string SvgPlot::ToSvg(const std::string& description) const {
  return "<svg viewBox=\"0 0 " + Pixel(kWidth) + " " + Pixel(kHeight) +
         "\" role=\"img\" aria-label=\"" + Escape(description) + "\">\n" + Axes() + content_ +
         "</svg>\n";
}

}  // namespace faretto
