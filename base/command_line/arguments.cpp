#include "base/command_line/arguments.h"

#include <boost/program_options.hpp>
#include <charconv>
#include <cmath>

#include "base/command_line/output.h"
#include "base/names.h"

namespace faretto {
namespace po = boost::program_options;

Arguments::Arguments(std::string command, std::string usage, std::string summary,
                     std::vector<std::string> examples)
    : command_(std::move(command)),
      usage_(std::move(usage)),
      summary_(std::move(summary)),
      examples_(std::move(examples)) {}

Arguments& Arguments::Text(const std::string& name, const std::string& value_name,
                           const std::string& help, const std::string& default_value) {
  options_.push_back({name, value_name, help, default_value, false, false});
  return *this;
}

Arguments& Arguments::Flag(const std::string& name, const std::string& help) {
  options_.push_back({name, "", help, "", false, false});
  return *this;
}

Arguments& Arguments::Required(const std::string& name, const std::string& value_name,
                               const std::string& help) {
  options_.push_back({name, value_name, help, "", true, false});
  return *this;
}

Arguments& Arguments::Positional(const std::string& name, bool required, const std::string& help) {
  options_.push_back({name, name, help, "", required, true});
  return *this;
}

std::string Arguments::Help() const {
  std::string text = "Usage: faretto " + command_ + " " + usage_ + "\n\n" + summary_ + "\n";
  std::size_t width = 6;
  const auto label = [](const Option& option) {
    if (option.positional) return option.name;
    return "--" + option.name + (option.value_name.empty() ? "" : " " + option.value_name);
  };
  for (const Option& option : options_) width = std::max(width, label(option).size());
  text += "\nOptions:\n";
  for (const Option& option : options_) {
    text += "  " + label(option) + std::string(width + 2 - label(option).size(), ' ') + option.help;
    if (!option.default_value.empty()) text += " (default " + option.default_value + ")";
    text += "\n";
  }
  text += "  --help" + std::string(width - 4, ' ') + "this page\n";
  if (!examples_.empty()) text += "\nExamples:\n";
  for (const std::string& example : examples_) text += "  " + example + "\n";
  return text;
}

int Arguments::Wrong(const std::string& problem) const {
  return PrintError(Invalid(command_ + ": " + problem + "; see faretto " + command_ + " --help"));
}

std::optional<int> Arguments::Parse(const std::vector<std::string>& args) {
  po::options_description description;
  po::positional_options_description positional;
  std::vector<std::string> names = {"--help"};
  description.add_options()("help", "");
  for (const Option& option : options_) {
    if (option.value_name.empty()) {
      description.add_options()(option.name.c_str(), "");
    } else {
      description.add_options()(option.name.c_str(), po::value<std::string>(), "");
    }
    if (option.positional) {
      positional.add(option.name.c_str(), 1);
    } else {
      names.push_back("--" + option.name);
    }
  }
  try {
    // Guessing of abbreviated options would make new options a breaking change.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    const auto parsed = po::command_line_parser(args)
                            .options(description)
                            .positional(positional)
                            .style(style)
                            .run();
    for (const auto& option : parsed.options) {
      if (!given_.emplace(option.string_key, option.value.empty() ? "" : option.value[0]).second) {
        return Wrong("the option --" + option.string_key + " stands twice");
      }
    }
  } catch (const po::unknown_option& error) {
    return Wrong("unknown option " + error.get_option_name() +
                 NameHint(error.get_option_name(), names));
  } catch (const po::too_many_positional_options_error&) {
    return Wrong("too many words");
  } catch (const po::error& error) {
    return Wrong(error.what());
  }
  if (Has("help")) {
    return Exit(Print(Help()));
  }
  for (const Option& option : options_) {
    if (!option.required || Has(option.name)) continue;
    return Wrong(option.positional ? option.name + " is missing"
                                   : "the option --" + option.name + " is missing");
  }
  return std::nullopt;
}

std::string Arguments::Get(const std::string& name) const {
  if (const auto it = given_.find(name); it != given_.end()) return it->second;
  for (const Option& option : options_) {
    if (option.name == name) return option.default_value;
  }
  return "";
}

Result<std::int64_t> Arguments::GetInteger(const std::string& name, std::int64_t at_least) const {
  const std::string text = Get(name);
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value < at_least) {
    return Invalid(command_ + ": " + name + " must be a whole number of at least " +
                   std::to_string(at_least) + ", it is \"" + text + "\"");
  }
  return value;
}

Result<double> Arguments::GetNumber(const std::string& name) const {
  const std::string text = Get(name);
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return Invalid(command_ + ": " + name + " must be a number, it is \"" + text + "\"");
  }
  return value;
}

}  // namespace faretto
