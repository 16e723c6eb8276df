// The schema of events is locked: what is written stays readable for ever. A new field or event is
// added to the lock by running this test with DEALOG_UPDATE_LOCK=1; a changed or removed line is a
// breaking change and is never right once CHANGELOG declares a release.
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "dealog/v1/options.pb.h"
#include "dealog/v1/record.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/event/catalogue.hpp"
#include "libs/event/codec.hpp"
#include "libs/event/json_form.hpp"
#include "tests/support/memory_key_ring.hpp"

namespace dealog {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string source_path(const std::string& relative) {
  const char* root = std::getenv("DEALOG_SOURCE_DIR");
  return std::string(root == nullptr ? "." : root) + "/" + relative;
}
bool updating() { return std::getenv("DEALOG_UPDATE_LOCK") != nullptr; }

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

void describe(const Descriptor& message, std::set<const Descriptor*>& seen, std::string& out) {
  if (!seen.insert(&message).second) return;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const auto privacy = field.options().GetExtension(v1::privacy);
    out += fmt::format(
        "{} {} {} {}{} {}\n", message.name(), field.number(), field.name(),
        field.is_repeated() ? "repeated " : "",
        field.message_type() != nullptr ? field.message_type()->name() : field.type_name(),
        v1::Privacy_Name(privacy));
  }
  for (int i = 0; i < message.field_count(); ++i) {
    const auto* nested = message.field(i)->message_type();
    if (nested != nullptr) describe(*nested, seen, out);
  }
}

std::string schema_text() {
  std::string out;
  std::set<const Descriptor*> seen;
  describe(*v1::StoredRecord::descriptor(), seen, out);
  describe(*v1::CommitRow::descriptor(), seen, out);
  for (const EventType* type : all_event_types()) {
    out += fmt::format("event {} {} version {}\n", type->number, type->name, type->schema_version);
    describe(*type->descriptor, seen, out);
  }
  return out;
}

// Sets every field to a value that depends on its name alone.
void fill(Message& message, int depth = 0) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    const std::string text = "a " + field->name();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (depth > 3) continue;
      fill(field->is_repeated() ? *reflection.AddMessage(&message, field)
                                : *reflection.MutableMessage(&message, field),
           depth + 1);
    } else if (field->is_repeated()) {
      reflection.AddString(&message, field, text);
    } else if (field->name() == "currency") {
      reflection.SetString(&message, field, "RUB");
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      reflection.SetString(&message, field, text);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      reflection.SetBool(&message, field, true);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
      reflection.SetInt32(&message, field, field->number());
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_UINT32) {
      reflection.SetUInt32(&message, field, static_cast<std::uint32_t>(field->number()));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_UINT64) {
      reflection.SetUInt64(&message, field, static_cast<std::uint64_t>(field->number()));
    } else {
      ASSERT_EQ(field->cpp_type(), FieldDescriptor::CPPTYPE_INT64)
          << field->full_name() << " has a type that the JSON form does not know";
      reflection.SetInt64(&message, field, 1772357400000000 + field->number());
    }
  }
}

TEST(EventSchema, EveryFieldSaysWhoseItIs) {
  std::set<const Descriptor*> seen;
  for (const EventType* type : all_event_types()) {
    for (int i = 0; i < type->descriptor->field_count(); ++i) {
      const auto& field = *type->descriptor->field(i);
      EXPECT_NE(field.options().GetExtension(v1::privacy), v1::PRIVACY_UNSPECIFIED)
          << field.full_name();
      const auto* nested = field.message_type();
      if (nested == nullptr || field.is_map()) continue;
      for (int j = 0; j < nested->field_count(); ++j) {
        const auto inner = nested->field(j)->options().GetExtension(v1::privacy);
        EXPECT_NE(inner, v1::PRIVACY_UNSPECIFIED) << nested->field(j)->full_name();
        if (field.options().GetExtension(v1::privacy) == v1::OPEN) {
          EXPECT_EQ(inner, v1::OPEN)
              << field.full_name() << " is open but holds " << nested->field(j)->full_name();
        }
      }
    }
  }
}

TEST(EventSchema, IsTheLockedOne) {
  const std::string path = source_path("proto/dealog/v1/schema.lock");
  if (updating()) std::ofstream(path) << schema_text();
  EXPECT_EQ(schema_text(), read_file(path))
      << "the schema of events changed; if lines were only added, run this test once with "
         "DEALOG_UPDATE_LOCK=1 and commit proto/dealog/v1/schema.lock";
}

TEST(EventSchema, CatalogueNamesEveryEvent) {
  const std::string catalogue = read_file(source_path("proto/CATALOGUE.md"));
  for (const EventType* type : all_event_types()) {
    EXPECT_NE(catalogue.find("`" + type->name + "`"), std::string::npos)
        << type->name << " is missing in proto/CATALOGUE.md";
  }
}

// One file an event: the record as hex, then the JSON it must give.
TEST(EventSchema, GoldenBytesStillRead) {
  testing::MemoryKeyRing keys;
  keys.put(1, "deal_golden", sha256("golden key"));
  for (const EventType* type : all_event_types()) {
    const std::string path = source_path("tests/data/golden/" + type->name + ".txt");
    if (updating()) {
      auto payload = type->make();
      fill(*payload);
      const CommandMeta meta{.actor = {"user", "usr_golden"},
                             .now = {1772357400000000},
                             .command_id = Uuid::derived({}, type->name),
                             .fingerprint = "fingerprint",
                             .causation_id = Uuid::derived({}, "cause"),
                             .correlation_id = Uuid::derived({}, "root"),
                             .causation_depth = 2};
      NewEvent event{.payload = std::move(payload), .tags = {open_tag("tsk_golden")}};
      auto encoded = encode({{"deal_golden", event}}, meta, keys);
      ASSERT_TRUE(encoded) << encoded.error().message;
      std::string record = encoded->at(0).bytes;
      finish_record(record, {.log_id = "golden log id 16",
                             .position = {type->number},
                             .version = {1},
                             .recorded = {1772357400000001}});
      std::ofstream(path) << to_hex(record) << "\n"
                          << boost::json::serialize(
                                 to_json(*decode(record, Open::kAll, &keys), PersonalView::kShown))
                          << "\n";
    }
    std::ifstream in(path);
    std::string hex, json;
    ASSERT_TRUE(std::getline(in, hex) && std::getline(in, json)) << "no golden bytes: " << path;
    auto event = decode(*from_hex(hex), Open::kAll, &keys);
    ASSERT_TRUE(event) << type->name << ": " << event.error().message;
    EXPECT_EQ(boost::json::serialize(to_json(*event, PersonalView::kShown)), json);
  }
}

}  // namespace
}  // namespace dealog
