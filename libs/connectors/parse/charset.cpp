#include "libs/connectors/parse/charset.hpp"

#include <map>
#include <memory>

#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include "libs/base/text.hpp"

namespace dealog::connectors {
namespace {

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

// ICU's own aliases lack these, or mean another table by them (its "cp1251" is an IBM one).
std::string icu_name(std::string_view charset) {
  static const std::map<std::string, std::string, std::less<>> kNames{
      {"cp1251", "windows-1251"},
      {"win1251", "windows-1251"},
      {"win-1251", "windows-1251"},
      {"x-cp1251", "windows-1251"},
      {"cp-1251", "windows-1251"},
      {"1251", "windows-1251"},
      {"cp1252", "windows-1252"},
      {"866", "ibm866"},
      {"cp-866", "ibm866"},
      {"koi8", "koi8-r"},
      {"koi8r", "koi8-r"},
      {"utf8", "utf-8"},
      // As WHATWG has it: nobody means the control characters that Latin-1 has there.
      {"iso-8859-1", "windows-1252"},
      {"latin1", "windows-1252"},
      {"iso_8859-1", "windows-1252"},
      {"gb2312", "gbk"}};
  std::string name = to_lower_ascii(trim(charset));
  const auto known = kNames.find(name);
  return known == kNames.end() ? name : known->second;
}

std::unexpected<Error> unknown_charset(std::string_view charset) {
  return fail(ErrorKind::kInvalid, "unknown_charset",
              "the charset " + quoted(charset) + " is not known");
}

}  // namespace

Result<std::string> to_utf8(std::string_view bytes, std::string_view charset, BadBytes bad) {
  const std::string name = icu_name(charset);
  const bool utf8 = name.empty() || name == "utf-8" || name == "us-ascii" || name == "ascii";
  if (utf8 && is_valid_utf8(bytes)) return std::string(bytes);
  if (utf8 && bad == BadBytes::kRefuse) {
    return fail(ErrorKind::kInvalid, "invalid_text", "the text is not valid UTF-8");
  }
  // UTF-7 hides characters from every check that is made on bytes.
  if (name.size() > 40 || name == "utf-7" || !is_valid_utf8(name)) return unknown_charset("");
  UErrorCode status = U_ZERO_ERROR;
  const Converter converter(ucnv_open(utf8 ? "utf-8" : name.c_str(), &status));
  if (U_FAILURE(status)) return unknown_charset(name);
  if (bad == BadBytes::kRefuse) {
    ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr,
                        &status);
  }
  const icu::UnicodeString text(bytes.data(), static_cast<std::int32_t>(bytes.size()),
                                converter.get(), status);
  if (U_FAILURE(status)) {
    return fail(ErrorKind::kInvalid, "invalid_text", "the text is not valid " + name);
  }
  std::string out;
  text.toUTF8String(out);
  return out;
}

}  // namespace dealog::connectors
