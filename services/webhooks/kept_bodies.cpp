#include "services/webhooks/kept_bodies.hpp"

#include "libs/files/sealed_file.hpp"
#include "services/webhooks/fact_parts.hpp"

namespace dealog::webhooks {
namespace {

using use_cases::KeptBody;

// Addresses of media are long; what is longer is none.
constexpr std::size_t kBodyIdBytes = 4096;
// Room for an ending within limits::kFileNameBytes.
constexpr std::size_t kNameBytes = 240;

bool is_given(const FactAt& at, const std::string& id) {
  return !id.empty() && id.size() <= kBodyIdBytes && at.arrivals().fetches_files &&
         at.source.provider->ask_file(id, at.source.settings).has_value();
}

KeptBody body_of(const FactAt& at, std::string_view what, const std::string& id) {
  return {
      .source = at.source.id.text(), .delivery = at.delivery, .what = std::string(what), .id = id};
}

}  // namespace

std::vector<KeptBody> kept_recordings(const FactAt& at, const connectors::CallFact& call) {
  for (const auto* id : {&call.recording_url, &call.recording_id}) {
    if (is_given(at, *id)) return {body_of(at, fetch::kRecording, *id)};
  }
  return {};
}

std::vector<KeptBody> kept_attachments(const FactAt& at,
                                       const std::vector<connectors::Attachment>& attachments) {
  std::vector<KeptBody> bodies;
  for (const auto& attachment : attachments) {
    const bool here = !attachment.bytes.empty();
    if (here || attachment.size > limits::kFileBytes || !is_given(at, attachment.id)) continue;
    KeptBody body = body_of(at, fetch::kAttachment, attachment.id);
    body.name = cut_text(attachment.name.empty() ? attachment.kind : attachment.name, kNameBytes);
    if (!attachment.content_type.empty()) {
      body.media_type = file::plain_media_type(attachment.content_type);
    }
    bodies.push_back(std::move(body));
  }
  return bodies;
}

}  // namespace dealog::webhooks
