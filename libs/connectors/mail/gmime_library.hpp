// GMime (LGPL) as this folder uses it. Only mail/*.cpp include this file.
#pragma once

#include <memory>

#include <glib-object.h>

namespace dealog::connectors::mail {

// GMime has to be told once that it is going to be used. Thread: any.
void prepare_gmime();

struct ReleaseGObject {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using GObjectPtr = std::unique_ptr<T, ReleaseGObject>;

struct FreeGMemory {
  void operator()(void* memory) const { g_free(memory); }
};
using GText = std::unique_ptr<char, FreeGMemory>;

}  // namespace dealog::connectors::mail
