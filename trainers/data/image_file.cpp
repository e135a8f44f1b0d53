#include "trainers/data/image_file.h"

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "base/files.h"

namespace faretto {
namespace {

Result<cv::Mat> Decode(const std::filesystem::path& path, int channels) {
  FARETTO_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  if (const std::optional<std::string> fault = ImageFault(bytes)) {
    return Invalid("the image " + path.string() + " " + *fault + "; replace the file");
  }
  // A failed decode is reported here; the library's own lines on standard error would repeat it.
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  const std::string failed = "the file " + path.string() + " cannot be decoded as an image";
  try {
    const cv::Mat encoded(1, static_cast<int>(bytes.size()), CV_8UC1,
                          const_cast<char*>(bytes.data()));
    cv::Mat image = cv::imdecode(encoded, channels == 1 ? cv::IMREAD_GRAYSCALE : cv::IMREAD_COLOR);
    if (image.empty()) return Invalid(failed + "; replace it by a PNG, JPEG or PGM file");
    return image;
  } catch (const std::exception&) {  // e.g. a header that promises billions of pixels
    return Invalid(failed + "; replace it by a PNG, JPEG or PGM file");
  }
}

Image ToPlanes(const cv::Mat& pixels) {
  Image image{pixels.channels(), pixels.rows, pixels.cols, {}};
  const std::size_t plane = static_cast<std::size_t>(pixels.rows) * pixels.cols;
  image.pixels.resize(plane * image.channels);
  std::vector<cv::Mat> planes;
  for (int c = 0; c < image.channels; ++c) {
    const int rgb = image.channels - 1 - c;  // the decoder's order is blue, green, red
    planes.emplace_back(pixels.rows, pixels.cols, CV_8UC1, image.pixels.data() + plane * rgb);
  }
  cv::split(pixels, planes);
  return image;
}

}  // namespace

Result<Image> ReadImage(const std::filesystem::path& path, int channels, int height, int width) {
  FARETTO_ASSIGN_OR_RETURN(cv::Mat pixels, Decode(path, channels));
  if (height > 0 && (pixels.rows != height || pixels.cols != width)) {
    const bool shrinks = height <= pixels.rows && width <= pixels.cols;
    cv::Mat resized;
    cv::resize(pixels, resized, cv::Size(width, height), 0, 0,
               shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
    pixels = resized;
  }
  return ToPlanes(pixels);
}

Result<Image> ReadImage(const std::filesystem::path& path, const ImageFormat& format) {
  return ReadImage(path, format.channels, format.size, format.size);
}

}  // namespace faretto
