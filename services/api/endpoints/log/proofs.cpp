// GET /v1/log/proof?position= and GET /v1/log/consistency?from=&to= (RFC 6962, 2.1.1 and 2.1.2).
// Without a size of their own they prove against a signed head, which they bring along.
#include "libs/async/on_pool.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/invalid_input.hpp"
#include "services/api/endpoints/log.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/query.hpp"

namespace dealog::api {
namespace {

json::array render_hashes(const std::vector<merkle::Hash>& hashes) {
  json::array out;
  for (const auto& hash : hashes) out.emplace_back(to_base64(merkle::view(hash)));
  return out;
}

// The size of the tree that is proved against: the given one, or the newest signed head's.
struct Against {
  std::uint64_t size = 0;
  std::shared_ptr<const SignedHead> head;  // of no given size

  void put_into(json::object& answer) const {
    if (head) answer["checkpoint"] = head->note;
  }
};

Result<Against> tree_against(const Api& api, std::optional<std::uint64_t> size,
                             std::uint64_t at_least, std::string_view name, Language language) {
  const auto end = api.log().head().value;
  const auto asked = std::max(size.value_or(0), at_least);
  if (asked > end) {
    return fail(ErrorKind::kNotFound, "position_not_found",
                fmt::format("the log ends at position {}; there is no {} yet", end, asked));
  }
  if (size && *size < at_least) {
    return fail(invalid_input(
        language,
        FieldError{kParameterMark + std::string(name), "out_of_range",
                   language == Language::kRu ? fmt::format("Нужно не меньше {}", at_least)
                                             : fmt::format("This must be at least {}", at_least)}));
  }
  if (size) return Against{*size, nullptr};
  auto head = TRY(api.heads.head({at_least}));
  return Against{head->head.position.value, std::move(head)};
}

// A value that is none has been told of already.
void want(const http::Request& request, http::QueryReader& in, std::string_view name,
          std::optional<std::uint64_t> value, std::uint64_t least) {
  if (value ? *value >= least : request.query_value(name).has_value()) return;
  in.error(name, "required", fmt::format("нужна позиция журнала от {}", least),
           fmt::format("a position of the log from {} is needed", least));
}

Result<http::Response> show_proof(const Api& api, Position position,
                                  std::optional<std::uint64_t> size, Language language) {
  const auto against = TRY(tree_against(api, size, position.value, "size", language));
  auto tree = api.heads.log().tree();
  std::string record;
  TRY(api.log().read(position, Direction::kForward, 1, [&](const StoredEvent& event) {
    record = event.record;
    return false;
  }));
  const auto path = TRY(tree.inclusion(position, against.size));
  const auto root = TRY(tree.root(against.size));
  json::object answer{{"position", position.value},
                      {"leaf_index", position.value - 1},
                      {"size", against.size},
                      {"record", to_base64(record)},
                      {"leaf_hash", to_base64(merkle::view(merkle::leaf_hash(record)))},
                      {"path", render_hashes(path)},
                      {"root", to_base64(merkle::view(root))}};
  against.put_into(answer);
  return http::Response::json(200, json::value(std::move(answer)));
}

Result<http::Response> show_consistency(const Api& api, std::uint64_t from,
                                        std::optional<std::uint64_t> to, Language language) {
  const auto against = TRY(tree_against(api, to, from, "to", language));
  auto tree = api.heads.log().tree();
  const auto proof = TRY(tree.consistency(from, against.size));
  const auto from_root = TRY(tree.root(from));
  const auto to_root = TRY(tree.root(against.size));
  json::object answer{{"from", from},
                      {"to", against.size},
                      {"from_root", to_base64(merkle::view(from_root))},
                      {"to_root", to_base64(merkle::view(to_root))},
                      {"proof", render_hashes(proof)}};
  against.put_into(answer);
  return http::Response::json(200, json::value(std::move(answer)));
}

}  // namespace

Answer prove_position(const Api& api, Session, http::Request request) {
  http::QueryReader in(request);
  const auto position = in.optional_unsigned("position", UINT64_MAX - 1);
  const auto size = in.optional_unsigned("size", UINT64_MAX - 1);
  want(request, in, "position", position, 1);
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await on_pool(
      api.reads, [&] { return show_proof(api, {*position}, size, request.language()); });
}

Answer prove_consistency(const Api& api, Session, http::Request request) {
  http::QueryReader in(request);
  const auto from = in.optional_unsigned("from", UINT64_MAX - 1);
  const auto to = in.optional_unsigned("to", UINT64_MAX - 1);
  want(request, in, "from", from, 0);
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await on_pool(api.reads,
                             [&] { return show_consistency(api, *from, to, request.language()); });
}

}  // namespace dealog::api
