// A plot with two linear axes as inline SVG; colours come from the page's style. For this folder's
// sources only. Coordinates given are data values; what lies outside the axes is not drawn.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace faretto {

// Round values in [low, high], about `count` of them: steps of 1, 2 or 5 times a power of ten.
std::vector<double> Ticks(double low, double high, int count);

struct AxisRange {
  double low = 0;
  double high = 1;

  // Grows to hold the value.
  void Include(double value);
  // Room around what was included; an axis without extent gets one.
  AxisRange Padded() const;

 private:
  bool empty_ = true;
};

class SvgPlot {
 public:
  SvgPlot(AxisRange x, AxisRange y, std::string x_name, std::string y_name);

  // `shape`: "dot", "ring", "cross", "diamond" or "star"; `title` is shown under the pointer.
  void AddMark(double x, double y, const std::string& shape, const std::string& style, double size,
               const std::string& title);
  void AddLabel(double x, double y, const std::string& text, const std::string& style);
  // Through the points; straight pieces.
  void AddLine(const std::vector<std::pair<double, double>>& points, const std::string& style);
  // Between the line and the lower edge.
  void AddArea(const std::vector<std::pair<double, double>>& points, const std::string& style);
  // A vertical interval with end caps.
  void AddWhisker(double x, double low, double high, const std::string& style);

  // The whole <svg> element; `description` is read out in place of the picture.
  std::string ToSvg(const std::string& description) const;

  const AxisRange& x() const { return x_; }
  const AxisRange& y() const { return y_; }

 private:
  double PixelX(double x) const;
  double PixelY(double y) const;
  std::string Path(const std::vector<std::pair<double, double>>& points) const;
  std::string Axes() const;

  AxisRange x_, y_;
  std::string x_name_, y_name_;
  std::string content_;
};

}  // namespace faretto
