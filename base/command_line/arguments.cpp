#include "base/command_line/arguments.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <cctype>
#include <cmath>
#include <functional>
#include <map>
#include <sstream>
#include <type_traits>

#include "base/command_line/output.h"
#include "base/names.h"
#include "base/number_text.h"

namespace faretto {
namespace po = boost::program_options;
namespace {

constexpr unsigned kHelpColumns = 100;

std::string Shown(std::int64_t number) { return std::to_string(number); }
std::string Shown(double number) { return NumberText(number); }

// "from 0 to 1", "at least 1"; empty without bounds.
template <class T>
std::string RangeText(const NumberRules<T>& rules) {
  if (rules.at_least && rules.at_most)
    return "from " + Shown(*rules.at_least) + " to " + Shown(*rules.at_most);
  std::string text;
  if (rules.at_least) text = "at least " + Shown(*rules.at_least);
  if (rules.above) text = "above " + Shown(*rules.above);
  if (rules.at_most) text += (text.empty() ? "at most " : " and at most ") + Shown(*rules.at_most);
  return text;
}

template <class T>
std::string MustBe(const NumberRules<T>& rules) {
  const std::string range = RangeText(rules);
  return std::string(std::is_integral_v<T> ? "a whole number" : "a number") +
         (range.empty()              ? ""
          : range.starts_with("at ") ? " of "
                                     : " ") +
         range;
}

// What the help page adds to the description: not what goes without saying.
template <class T>
std::string HelpOf(const NumberRules<T>& rules) {
  const std::string range = RangeText(rules);
  return range.empty() || range == "at least 0" ? "" : "; " + range;
}

std::string HelpOf(const TextRules&) { return ""; }

template <class T>
bool Allows(const NumberRules<T>& rules, T value) {
  return std::isfinite(static_cast<double>(value)) &&
         (!rules.at_least || value >= *rules.at_least) && (!rules.above || value > *rules.above) &&
         (!rules.at_most || value <= *rules.at_most);
}

std::string MustBe(const TextRules& rules) {
  std::string text;
  for (std::size_t i = 0; i < rules.one_of.size(); ++i) {
    const bool last = i + 1 == rules.one_of.size();
    text += (i == 0 ? "" : last ? " or " : ", ") + rules.one_of[i];
  }
  return text;
}

bool Allows(const TextRules& rules, const std::string& value) {
  return rules.one_of.empty() ||
         std::find(rules.one_of.begin(), rules.one_of.end(), value) != rules.one_of.end();
}

// A negative number is a word or a value, never short options.
std::vector<po::option> NegativeNumber(std::vector<std::string>& args) {
  const std::string& word = args.front();
  if (word.size() < 2 || word[0] != '-' ||
      (std::isdigit(static_cast<unsigned char>(word[1])) == 0 && word[1] != '.'))
    return {};
  po::option number;
  number.value = {word};
  number.original_tokens = {word};
  args.erase(args.begin());
  return {number};
}

}  // namespace

struct Arguments::Declarations {
  struct Rule {
    bool positional = false;
    std::string must_be;
    std::function<bool(const po::variable_value&)> allows;
  };

  template <class T, class Rules>
  void Add(const std::string& name, const std::string& value_name, const std::string& help,
           const Rules& rules, bool positional) {
    auto* value = po::value<T>()->value_name(value_name);
    if (rules.required) value->required();
    if (rules.default_value) {
      if constexpr (std::is_same_v<T, double>) {
        value->default_value(*rules.default_value, NumberText(*rules.default_value));
      } else {
        value->default_value(*rules.default_value);
      }
    }
    (positional ? words : options)
        .add_options()(name.c_str(), value, (help + HelpOf(rules)).c_str());
    if (positional) places.add(name.c_str(), 1);
    by_name[name] = {positional, MustBe(rules), [rules](const po::variable_value& given) {
                       return Allows(rules, given.as<T>());
                     }};
  }

  // As a person writes it: --seeds, or the name of a word.
  std::string Label(const std::string& name) const {
    const auto found = by_name.find(name);
    return found != by_name.end() && found->second.positional ? name : "--" + name;
  }
  std::vector<std::string> Labels() const {
    std::vector<std::string> labels = {"--help"};
    for (const auto& [name, rule] : by_name)
      if (!rule.positional) labels.push_back("--" + name);
    return labels;
  }

  // The first option whose place for a value is taken by another option, which Boost would take for
  // the value.
  std::optional<std::string> WithoutValue(const std::vector<std::string>& args) const {
    const std::vector<std::string> labels = Labels();
    const auto is_option = [&](const std::string& word) {
      return std::find(labels.begin(), labels.end(), word) != labels.end();
    };
    for (std::size_t i = 0; i + 1 < args.size() && args[i] != "--"; ++i) {
      if (!is_option(args[i]) || !is_option(args[i + 1])) continue;
      const auto found = by_name.find(args[i].substr(2));
      if (found != by_name.end() && found->second.allows) return args[i];
    }
    return std::nullopt;
  }

  po::options_description options = po::options_description("Options", kHelpColumns);
  po::options_description words;
  po::positional_options_description places;
  std::map<std::string, Rule> by_name;
  std::map<std::string, std::string> tokens;  // as they were given
  po::variables_map values;
};

Arguments::Arguments(std::string command, std::string usage, std::string summary,
                     std::vector<std::string> examples, std::string program)
    : program_(std::move(program)),
      command_(std::move(command)),
      usage_(std::move(usage)),
      summary_(std::move(summary)),
      examples_(std::move(examples)),
      declared_(std::make_unique<Declarations>()) {}

Arguments::Arguments(Arguments&&) noexcept = default;
Arguments::~Arguments() = default;

Arguments& Arguments::Text(const std::string& name, const std::string& value_name,
                           const std::string& help, const TextRules& rules) {
  declared_->Add<std::string>(name, value_name, help, rules, false);
  return *this;
}

Arguments& Arguments::Integer(const std::string& name, const std::string& value_name,
                              const std::string& help, const NumberRules<std::int64_t>& rules) {
  declared_->Add<std::int64_t>(name, value_name, help, rules, false);
  return *this;
}

Arguments& Arguments::Number(const std::string& name, const std::string& value_name,
                             const std::string& help, const NumberRules<double>& rules) {
  declared_->Add<double>(name, value_name, help, rules, false);
  return *this;
}

Arguments& Arguments::Flag(const std::string& name, const std::string& help) {
  declared_->options.add_options()(name.c_str(), po::bool_switch(), help.c_str());
  declared_->by_name[name] = {false, "", nullptr};
  return *this;
}

Arguments& Arguments::PositionalText(const std::string& name, const std::string& help,
                                     const TextRules& rules) {
  declared_->Add<std::string>(name, name, help, rules, true);
  return *this;
}

Arguments& Arguments::PositionalInteger(const std::string& name, const std::string& help,
                                        const NumberRules<std::int64_t>& rules) {
  declared_->Add<std::int64_t>(name, name, help, rules, true);
  return *this;
}

std::string Arguments::Help() const {
  po::options_description shown("Options", kHelpColumns);
  for (const auto& option : declared_->options.options()) shown.add(option);
  shown.add_options()("help", "this page");
  std::ostringstream text;
  text << "Usage: " << program_ << " " << command_ << " " << usage_ << "\n\n" << summary_ << "\n\n";
  for (const auto& word : declared_->words.options())
    text << "  " << word->long_name() << ": " << word->description() << "\n";
  if (!declared_->words.options().empty()) text << "\n";
  text << shown;
  if (!examples_.empty()) text << "\nExamples:\n";
  for (const std::string& example : examples_) text << "  " << example << "\n";
  return text.str();
}

int Arguments::Wrong(const std::string& problem) const {
  const std::string see = "; see " + program_ + " " + command_ + " --help";
  return PrintError(Invalid(command_ + ": " + problem + see), program_);
}

std::optional<std::string> Arguments::Problem(const std::vector<std::string>& args) {
  Declarations& declared = *declared_;
  const auto label_of = [&](const po::error_with_option_name& error) {
    const std::string name = error.get_option_name();
    return declared.Label(name.substr(std::min(name.find_first_not_of('-'), name.size())));
  };
  const auto wrong_value = [&](const std::string& name) {
    return declared.Label(name) + " must be " + declared.by_name[name].must_be + ", it is \"" +
           declared.tokens[name] + "\"";
  };
  if (const auto option = declared.WithoutValue(args))
    return "the option " + *option + " needs a value";
  po::options_description all;
  all.add(declared.options).add(declared.words).add_options()("help,h", "");
  try {
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    const auto parsed = po::command_line_parser(args)
                            .options(all)
                            .positional(declared.places)
                            .style(style)
                            .extra_style_parser(NegativeNumber)
                            .run();
    for (const auto& option : parsed.options) {
      declared.tokens.emplace(option.string_key, option.value.empty() ? "" : option.value[0]);
      if (option.string_key == "help") return std::nullopt;
    }
    po::store(parsed, declared.values);
    po::notify(declared.values);
    for (const auto& [name, rule] : declared.by_name)
      if (Has(name) && rule.allows && !rule.allows(declared.values[name])) return wrong_value(name);
  } catch (const po::unknown_option& error) {
    const std::string name = error.get_option_name();
    return "unknown option " + name + NameHint(name, declared.Labels());
  } catch (const po::too_many_positional_options_error&) {
    return "too many words";
  } catch (const po::required_option& error) {
    const std::string label = label_of(error);
    return (label.starts_with("--") ? "the option " : "") + label + " is missing";
  } catch (const po::multiple_occurrences& error) {
    return "the option " + label_of(error) + " stands twice";
  } catch (const po::invalid_option_value& error) {
    const std::string label = label_of(error);
    return wrong_value(label.substr(label.starts_with("--") ? 2 : 0));
  } catch (const po::invalid_command_line_syntax& error) {
    const bool extra = error.kind() == po::invalid_syntax::extra_parameter;
    return "the option " + label_of(error) + (extra ? " takes no value" : " needs a value");
  } catch (const po::error& error) {
    return error.what();
  }
  return std::nullopt;
}

std::optional<int> Arguments::Parse(const std::vector<std::string>& args) {
  if (const auto problem = Problem(args)) return Wrong(*problem);
  if (declared_->tokens.contains("help")) return Exit(Print(Help()));
  return std::nullopt;
}

bool Arguments::Has(const std::string& name) const {
  const auto found = declared_->values.find(name);
  return found != declared_->values.end() && !found->second.defaulted();
}

template <class T>
std::optional<T> Arguments::Find(const std::string& name) const {
  const auto found = declared_->values.find(name);
  if (found == declared_->values.end()) return std::nullopt;
  return found->second.as<T>();
}

template <class T>
T Arguments::Get(const std::string& name) const {
  return Find<T>(name).value_or(T{});
}

std::vector<std::string> Arguments::Words(const std::vector<std::string>& names) const {
  std::vector<std::string> words;
  for (const std::string& name : names) {
    if (!Has(name)) continue;
    words.push_back("--" + name);
    words.push_back(declared_->tokens.at(name));
  }
  return words;
}

template std::optional<std::string> Arguments::Find(const std::string&) const;
template std::optional<std::int64_t> Arguments::Find(const std::string&) const;
template std::optional<double> Arguments::Find(const std::string&) const;
template std::optional<bool> Arguments::Find(const std::string&) const;
template std::string Arguments::Get(const std::string&) const;
template std::int64_t Arguments::Get(const std::string&) const;
template double Arguments::Get(const std::string&) const;
template bool Arguments::Get(const std::string&) const;

}  // namespace faretto
