#include "cli/broker_acl.hpp"

#include "core/topics.hpp"

namespace bridge {
namespace {

std::string user(std::string_view comment, std::string_view name) {
  return "\n# " + std::string(comment) + "\nuser " + std::string(name) + "\n";
}

std::string may(std::string_view what, const std::string& topic) {
  return "topic " + std::string(what) + " " + topic + "\n";
}

}  // namespace

std::string broker_acl(const Configuration& configuration) {
  const Topics topics(configuration.mqtt.base_topic, configuration.homeassistant.prefix);
  const std::string all = topics.base() + "/#";
  const std::string answers = "+/" + topics.base() + "/answers";
  const std::string& status = configuration.homeassistant.status_topic;
  const bool announces = configuration.homeassistant.discovery;
  const std::string& own = configuration.mqtt.username;

  std::string out = "# For the acl_file of Mosquitto; \"cloud2mqtt acl\" prints it.\n";
  out += user("The bridge.", own.empty() ? "cloud2mqtt" : own);
  out += may("write", all);
  for (const std::string& topic : {topics.commands(), topics.keyless_commands(), topics.bridge_requests(),
                                   topics.bridge_availability(), topics.bridge_info()}) {
    out += may("read", topic);
  }
  if (announces) out += may("write", topics.discovery("+")) + may("read", status);
  out += "# Response topics of MQTT 5, such as node-red/" + topics.base() + "/answers.\n" +
         may("write", answers);

  if (announces) {
    out += user("Home Assistant.", "homeassistant");
    out += may("read", all) + may("write", topics.commands()) +
           may("write", topics.bridge_requests()) +
           may("read", configuration.homeassistant.prefix + "/#") + may("write", status);
  }
  out += user("Node-RED and others that read and command.", "automation");
  out += may("read", all) + may("write", topics.commands()) + may("read", answers);
  out += "# To poll, reload or log more from there:\n#" + may("write", topics.bridge_requests());
  out += user("Dashboards and others that only read.", "reader") + may("read", all);
  return out;
}

}  // namespace bridge
