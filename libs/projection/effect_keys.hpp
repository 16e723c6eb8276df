// Keys of the view "effects", whose first byte is 'e'; see libs/projection/row_keys.hpp.
#pragma once

#include "libs/projection/row_keys.hpp"

namespace dealog::row_keys {

inline constexpr std::string_view kEffects = "e";
inline constexpr std::string_view kEffect = "er";         // effect → EffectRow
inline constexpr std::string_view kEffectDue = "ew";      // channel, due → position, effect
inline constexpr std::string_view kEffectOpen = "es";     // channel, effect: being sent
inline constexpr std::string_view kEffectOfDeal = "ed";   // deal, position → effect
inline constexpr std::string_view kEffectDead = "eg";     // position → effect: a person is asked
inline constexpr std::string_view kEffectTotals = "et";   // channel → EffectTotalsRow
inline constexpr std::string_view kBacklog = "eb";        // channel → BacklogRow
inline constexpr std::string_view kEndpoint = "en";       // endpoint → WebhookEndpointRow
inline constexpr std::string_view kEndpointQueue = "eq";  // endpoint, position → effect: in order
inline constexpr std::string_view kEndpointLog = "el";    // endpoint, position → effect

}  // namespace dealog::row_keys
