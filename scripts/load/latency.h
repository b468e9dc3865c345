// Latencies of one run of the load client: recorded one by one, asked for as percentiles.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace load {

using Clock = std::chrono::steady_clock;

class Latencies {
 public:
  void record(Clock::duration latency) {
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(latency).count();
    samples_.push_back(static_cast<std::uint32_t>(std::clamp<long>(ns, 0, UINT32_MAX)));
  }

  /// The latency, in microseconds, that `fraction` (0..1) of the samples do not exceed; 0 without samples.
  double percentile_us(double fraction) {
    if (samples_.empty()) return 0;
    const auto last = static_cast<double>(samples_.size() - 1);
    const auto rank = samples_.begin() + static_cast<std::ptrdiff_t>(fraction * last);
    std::nth_element(samples_.begin(), rank, samples_.end());
    return *rank / 1000.0;
  }

 private:
  std::vector<std::uint32_t> samples_;  // ns; 4 s at most, which is longer than any run's answer should take
};

}  // namespace load
