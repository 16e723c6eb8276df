// Sources as deliveries need them: looked up by id, settings parsed once a version.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "libs/base/id.hpp"
#include "libs/command/folds.hpp"
#include "libs/connectors/provider.hpp"
#include "libs/domain/source/source.hpp"

namespace dealog::webhooks {

struct ConnectedSource {
  SourceId id;
  StreamVersion version;
  source::State state;
  connectors::SourceSettings settings;             // with secrets
  const connectors::Provider* provider = nullptr;  // never null
};

// Thread: any.
class SourceBook {
 public:
  explicit SourceBook(const Folds& folds) : folds_(folds) {}

  // An active source. Errors: kNotFound "source_not_found"; kInternal "source_unusable" when its
  // provider or settings are not understood any more.
  Result<std::shared_ptr<const ConnectedSource>> find(std::string_view id) const;
  // Also a removed one: what it delivered before is still decoded.
  Result<std::shared_ptr<const ConnectedSource>> find_any(std::string_view id) const;

 private:
  const Folds& folds_;
  mutable std::mutex mutex_;
  // As many as there are sources; guarded by mutex_.
  mutable std::unordered_map<SourceId, std::shared_ptr<const ConnectedSource>> parsed_;
};

}  // namespace dealog::webhooks
