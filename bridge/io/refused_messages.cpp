#include "io/refused_messages.hpp"

#include <functional>

namespace bridge {

std::string RefusedMessages::add(const std::string& topic, const std::string& why) {
  Cause& cause = causes_[why];
  cause.topics.insert(std::hash<std::string>()(topic));
  if (!cause.first.empty()) return {};
  cause.first = topic;
  return "the message to " + topic + " was refused: " + why;
}

std::vector<std::string> RefusedMessages::counted() {
  std::vector<std::string> sentences;
  for (auto& [why, cause] : causes_) {
    if (cause.topics.size() <= cause.said) continue;
    cause.said = cause.topics.size();
    const std::size_t more = cause.said - 1;
    sentences.push_back("the messages to " + cause.first + " and " + std::to_string(more) +
                        (more == 1 ? " more topic" : " more topics") + " were refused: " + why);
  }
  return sentences;
}

}  // namespace bridge
