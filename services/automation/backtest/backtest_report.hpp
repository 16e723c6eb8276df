// A back-test's result for programs and for people.
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "services/automation/backtest/backtest.hpp"

namespace dealog::automation {

// As POST /v1/rules/backtest answers it.
boost::json::object backtest_json(const BacktestResult& result);

// A page of text: what each rule would have done, whom it would have told, which loops were
// stopped, which moves would have been refused. Lists name at most `listed` things.
std::string backtest_words(const BacktestResult& result, std::size_t listed);

}  // namespace dealog::automation
