#pragma once

#include <string>
#include <vector>

#include "core/meters.hpp"
#include "core/resolved_kind.hpp"
#include "core/unknown_words.hpp"

namespace bridge {

/// One value of a device as it is published: the row's fact, converted, in the form that Home
/// Assistant's platform takes. Numbers also from numeric text; moments as RFC 3339 UTC; a word
/// outside a closed list, and whatever does not fit, is null; text is cut at 255 characters.
/// `reachable` is the core's own verdict, for the row that shows it.
Json published_value(const ResolvedRow& row, const Device& device, bool reachable);

/// The state of a device: one JSON object, a member for every row that has a state, always all of
/// them, null for what is unknown. A meter in doubt shows what was said before. `unknown` takes the
/// words that became null because their lists do not have them.
std::string state_document(const ResolvedKind& kind, const Device& device, bool reachable,
                           const Meters& meters = {}, std::vector<UnknownWord>* unknown = nullptr);

}  // namespace bridge
