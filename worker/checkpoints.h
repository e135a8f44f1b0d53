// The checkpoint folder of a domain: files <trial>/<epoch>-<batch>-<fence>.ckpt, immutable, each in
// the envelope of sealed_file.h. A file appears under its name only when it is whole and on disk.
// Thread safety: none; workers of other names may use the same folder.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"

namespace faretto {

class Checkpoints {
 public:
  // `worker` names temporary files, so that the next process of that name finds what this one left.
  Checkpoints(std::filesystem::path folder, std::string worker);

  // `save` writes the content to the path that it is given.
  Status Write(const std::string& name,
               const std::function<Status(const std::filesystem::path&)>& save) const;
  // Copies the content to `target`. kInvalid: missing or damaged; kFailed: `target` cannot be
  // written.
  Status Read(const std::string& name, const std::filesystem::path& target) const;
  // Whatever is no name of a checkpoint is left alone, and so is what is not there.
  void Delete(const std::string& name) const;
  // Removes temporary files of this worker's name.
  void RemoveLeftovers() const;

 private:
  std::filesystem::path folder_;
  std::string temporary_suffix_;
};

}  // namespace faretto
