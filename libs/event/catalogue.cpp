#include "libs/event/catalogue.hpp"

#include <unordered_map>

#include "dealog/v1/absence_events.pb.h"
#include "dealog/v1/channel_events.pb.h"
#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/document_events.pb.h"
#include "dealog/v1/effect_events.pb.h"
#include "dealog/v1/file_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/mailbox_events.pb.h"
#include "dealog/v1/options.pb.h"
#include "dealog/v1/party_events.pb.h"
#include "dealog/v1/price_events.pb.h"
#include "dealog/v1/retention_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "dealog/v1/trigger_events.pb.h"
#include "libs/base/assert.hpp"

namespace dealog {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FileDescriptor;

struct Catalogue {
  std::vector<std::unique_ptr<EventType>> owned;
  std::vector<const EventType*> all;
  std::unordered_map<std::uint32_t, const EventType*> by_number;
  std::unordered_map<std::string_view, const EventType*> by_name;
  std::unordered_map<const Descriptor*, const EventType*> by_descriptor;

  void add(const Descriptor* descriptor) {
    const std::uint32_t number = descriptor->options().GetExtension(v1::event_type);
    if (number == 0) return;
    auto type = std::make_unique<EventType>();
    type->number = number;
    type->schema_version = descriptor->options().GetExtension(v1::schema_version);
    type->name = descriptor->name();
    type->descriptor = descriptor;
    type->prototype =
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor);
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const auto* field = descriptor->field(i);
      const auto privacy = field->options().GetExtension(v1::privacy);
      if (privacy == v1::OPEN) continue;
      DEALOG_ASSERT(privacy != v1::PRIVACY_UNSPECIFIED);
      type->sealed_fields.at(static_cast<std::size_t>(privacy)).push_back(field);
      type->has_sealed_fields = true;
    }
    DEALOG_ASSERT(by_number.emplace(number, type.get()).second);
    by_name.emplace(type->name, type.get());
    by_descriptor.emplace(descriptor, type.get());
    all.push_back(type.get());
    owned.push_back(std::move(type));
  }

  Catalogue() {
    const FileDescriptor* files[] = {
        v1::DealOpened::descriptor()->file(),       v1::QuoteDrafted::descriptor()->file(),
        v1::PersonRegistered::descriptor()->file(), v1::RegulationPublished::descriptor()->file(),
        v1::RawBodiesExpired::descriptor()->file(), v1::RuleFired::descriptor()->file(),
        v1::FileAttached::descriptor()->file(),     v1::DocumentIssued::descriptor()->file(),
        v1::EffectPlanned::descriptor()->file(),    v1::ProductAdded::descriptor()->file(),
        v1::MailboxRead::descriptor()->file(),      v1::FileFetched::descriptor()->file(),
        v1::ScheduleRan::descriptor()->file(),      v1::AbsenceRecorded::descriptor()->file()};
    for (const FileDescriptor* file : files) {
      for (int i = 0; i < file->message_type_count(); ++i) add(file->message_type(i));
    }
    std::sort(all.begin(), all.end(),
              [](const EventType* a, const EventType* b) { return a->number < b->number; });
  }
};

const Catalogue& catalogue() {
  static const Catalogue instance;
  return instance;
}

template <class Map, class Key>
const EventType* find_in(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

}  // namespace

const EventType* find_event_type(std::uint32_t number) {
  return find_in(catalogue().by_number, number);
}

const EventType* find_event_type(std::string_view name) {
  return find_in(catalogue().by_name, name);
}

const EventType& event_type_of(const google::protobuf::Message& message) {
  const EventType* type = find_in(catalogue().by_descriptor, message.GetDescriptor());
  DEALOG_ASSERT(type != nullptr);
  return *type;
}

const std::vector<const EventType*>& all_event_types() { return catalogue().all; }

}  // namespace dealog
