-- PUTs the file BODY to GROUPS groups in turn: what push-load.js does with ragmon's client.
local file = assert(io.open(os.getenv("BODY"), "rb"))
local body = file:read("*a")
file:close()

local headers = { ["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8" }
local groups = tonumber(os.getenv("GROUPS"))
local requests = {}
local turn = 0

function init()
  for i = 0, groups - 1 do
    requests[i] = wrk.format("PUT", "/metrics/job/bench/instance/" .. i, headers, body)
  end
end

function request()
  turn = (turn + 1) % groups
  return requests[turn]
end
