-- For wrk: prints the key=value line that load_client prints.
function done(summary, latency)
  local e = summary.errors
  print(string.format("requests=%d seconds=%.4f p50_us=%.1f p99_us=%.1f errors=%d",
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
