#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>

#include "bridge/mapper.hpp"

namespace bridge {

/// Signs a person in for an account: prints the address to open, takes what the vendor sends the
/// browser to, on a port of this machine or pasted into `input`, and puts the tokens where the
/// service finds them. Port: nothing for the usual one. Returns the exit status.
int login(const std::string& file, const std::string& account, std::optional<std::uint16_t> port,
          std::span<const Mapper* const> mappers, int input, std::ostream& out,
          std::ostream& trouble);

/// Prints how each account proves who it is, and how that stands. Returns the exit status.
int print_logins(const std::string& file, std::span<const Mapper* const> mappers, std::ostream& out,
                 std::ostream& trouble);

}  // namespace bridge
