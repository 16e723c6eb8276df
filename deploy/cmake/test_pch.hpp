// What most tests read, compiled once: gtest and gmock are a third of compiling a small one.
#pragma once
#pragma clang system_header

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pch.hpp"
