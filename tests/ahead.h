// What most tests include, compiled once ahead of them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/standard.h"
