// How a name sounds, whatever letters it is written in.
#pragma once

#include <string>
#include <string_view>

namespace dealog {

// A word in few Latin letters: two spellings of one name give the same text, "Сергей", "Sergey" and
// "Sergei", "Юлия", "Yulia" and "Julia". Other words may give it as well, so it is for finding, not
// for telling apart. Cyrillic goes by the Russian rules of BGN/PCGN (ICU), other scripts by ICU's
// general ones. Takes a folded word (see words()); empty where nothing Latin comes out. Thread:
// any.
std::string latin_key(std::string_view word);

}  // namespace dealog
