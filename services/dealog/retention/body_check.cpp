#include "services/dealog/retention/body_check.hpp"

#include "libs/keys/key_store.hpp"

namespace dealog {

Result<std::vector<VerifyProblem>> unexplained_bodies(const std::filesystem::path& keys,
                                                      const std::vector<AbsentBody>& absent) {
  std::vector<VerifyProblem> problems;
  if (absent.empty()) return problems;
  std::vector<KeyId> ids;
  for (const auto& body : absent) ids.push_back(body.key);
  const auto states = TRY(KeyStore::read_states(keys, ids));
  for (std::size_t i = 0; i < absent.size(); ++i) {
    if (states[i] == KeyState::kErased) continue;
    const Position position = absent[i].position;
    problems.push_back({position, "position " + std::to_string(position.value) +
                                      " is a delivery without its raw body, and neither an expiry "
                                      "nor an erasure explains that"});
  }
  return problems;
}

}  // namespace dealog
