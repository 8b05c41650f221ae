#pragma once

#include <iosfwd>
#include <string>

#include "core/configuration.hpp"

namespace bridge {

/// Prints every topic that a configuration leads to for the vendors' documented answers, one a
/// line: "retained", "live" (not retained) or "command", the topic, and for announcements and
/// states the document. Needs no network and no secrets. Returns the exit status.
int print_topics(const std::string& file, std::ostream& out, std::ostream& trouble);

/// The same for a configuration that was read.
int print_topics(const Configuration& configuration, std::ostream& out, std::ostream& trouble);

}  // namespace bridge
