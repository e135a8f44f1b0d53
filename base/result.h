// Errors as values across boundaries (files, wire, store, study files).
//
//   Result<Space> space = Space::FromJson(json);
//   if (!space.ok()) return space.error();
//   FARETTO_ASSIGN_OR_RETURN(Configuration configuration, space->Sample(random));
//
// A message is one sentence that says what went wrong, where, and what to do. Thread safety:
// values, like std::string.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace faretto {

// What kind of thing went wrong; the value is the exit code of a program that ends with it.
enum class ErrorKind {
  kFailed = 1,         // busy port, full disk, unwritable folder, broken connection
  kInvalid = 2,        // wrong usage, study file, data set, or a study folder of another study
  kNotFound = 3,       // unknown trial
  kInterrupted = 130,  // Ctrl-C; what was done is kept and can be resumed
};

struct Error {
  ErrorKind kind = ErrorKind::kFailed;
  std::string message;

  int exit_code() const { return static_cast<int>(kind); }
  // The same error with `where: ` in front of its message.
  Error In(const std::string& where) const { return {kind, where + ": " + message}; }
};

inline Error Failed(std::string message) { return {ErrorKind::kFailed, std::move(message)}; }
inline Error Invalid(std::string message) { return {ErrorKind::kInvalid, std::move(message)}; }
inline Error NotFound(std::string message) { return {ErrorKind::kNotFound, std::move(message)}; }

struct Ok {};

// A T or an Error. Reading the value of a failed result is a programmer error (asserted).
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : content_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit on purpose
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    assert(!ok());
    return std::get<1>(content_);
  }
  T& value() & { return std::get<0>(content_); }
  const T& value() const& { return std::get<0>(content_); }
  T&& value() && { return std::get<0>(std::move(content_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Error> content_;
};

// Success or an Error: `return Ok{};`.
using Status = Result<Ok>;

}  // namespace faretto

#define FARETTO_CONCAT_INNER(a, b) a##b
#define FARETTO_CONCAT(a, b) FARETTO_CONCAT_INNER(a, b)

// Returns the error of `expression` from the enclosing function if there is one.
#define FARETTO_RETURN_IF_ERROR(expression)                  \
  if (auto FARETTO_CONCAT(status_, __LINE__) = (expression); \
      !FARETTO_CONCAT(status_, __LINE__).ok())               \
  return FARETTO_CONCAT(status_, __LINE__).error()

// Declares or assigns `target` from the value of `expression`, or returns its error.
#define FARETTO_ASSIGN_OR_RETURN(target, expression)                                             \
  auto FARETTO_CONCAT(result_, __LINE__) = (expression);                                         \
  if (!FARETTO_CONCAT(result_, __LINE__).ok()) return FARETTO_CONCAT(result_, __LINE__).error(); \
  target = std::move(FARETTO_CONCAT(result_, __LINE__)).value()
