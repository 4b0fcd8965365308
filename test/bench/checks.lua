-- Bodies and headers of the checks, one body a line; each thread begins elsewhere.
local bodies, at = {}, 0
local authorization = os.getenv("BENCH_AUTHORIZATION")

function setup(thread)
  thread:set("offset", math.random(1, 100000))
end

function init(args)
  for line in io.lines(args[1]) do bodies[#bodies + 1] = line end
  at = offset
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  if authorization then wrk.headers["Authorization"] = authorization end
end

function request()
  at = at + 1
  return wrk.format(nil, nil, nil, bodies[at % #bodies + 1])
end

function done(summary, latency)
  io.write(string.format('{"requests":%d,"micros":%d,"errors":%d,"p50":%d,"p99":%d}\n', summary.requests, summary.duration,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
