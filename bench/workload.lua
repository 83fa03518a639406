-- Workloads for wrk, chosen by environment:
--   BENCH_WORKLOAD  name from the table below
--   BENCH_KEY       environment secret key (sent as a bearer token)
--   BENCH_UPSTREAM  base URL of the upstream (proxy workloads)
--   BENCH_CONNS     how many bench-conn-N connections there are
-- At the end one line "RESULT {json}" is printed; latencies are in microseconds.
local name     = os.getenv("BENCH_WORKLOAD") or "health"
local key      = os.getenv("BENCH_KEY") or ""
local upstream = os.getenv("BENCH_UPSTREAM") or ""
local nconns   = tonumber(os.getenv("BENCH_CONNS") or "100")

local auth = { ["Authorization"] = "Bearer " .. key }
local json = '{"pad":"' .. string.rep("x", 1014) .. '"}'

local function rotate(list)
  local i = 0
  return function()
    i = i % #list + 1
    return list[i]
  end
end
local function repeated(req) return function() return req end end

-- one request per API-key connection
local function of_each_connection(make)
  local l = {}
  for i = 0, nconns - 1 do l[#l + 1] = make("bench-conn-" .. i) end
  return rotate(l)
end
local function proxy_headers(connection)
  return { ["Authorization"] = "Bearer " .. key, ["Content-Type"] = "application/json", ["Connection-Id"] = connection,
    ["Provider-Config-Key"] = "bench", ["Base-Url-Override"] = upstream }
end

local builders = {}

-- no auth, no database: the floor of the server's HTTP stack
builders.health = function() return repeated(wrk.format("GET", "/health", {})) end

-- the upstream itself: the physical limit
builders.direct = function() return repeated(wrk.format("GET", "/ping", {})) end

-- nginx's proxy_pass: the reference of proxy_get and proxy_post
builders.nginx_proxy = builders.direct
builders.nginx_proxy_post = function()
  return repeated(wrk.format("POST", "/ping", { ["Content-Type"] = "application/json" }, json))
end

-- credentials of an API_KEY connection, rotating over all connections
builders.conn_get = function()
  return of_each_connection(function(connection)
    return wrk.format("GET", "/connections/" .. connection .. "?provider_config_key=bench", auth)
  end)
end

-- credentials of one OAUTH2 connection whose token is far from expiry (no refresh)
builders.conn_get_oauth2 = function()
  return repeated(wrk.format("GET", "/connections/bench-oauth-0?provider_config_key=bench-oauth", auth))
end

builders.conn_list = function() return repeated(wrk.format("GET", "/connections", auth)) end
builders.conn_list_10 = function() return repeated(wrk.format("GET", "/connections?limit=10", auth)) end
builders.integrations = function() return repeated(wrk.format("GET", "/integrations", auth)) end

-- proxied GET of the 1 KiB document, rotating over all connections
builders.proxy_get = function()
  return of_each_connection(function(connection)
    local headers = proxy_headers(connection)
    headers["Content-Type"] = nil
    return wrk.format("GET", "/proxy/ping", headers)
  end)
end

-- proxied POST with a 1 KiB JSON body
builders.proxy_post = function()
  return of_each_connection(function(connection)
    return wrk.format("POST", "/proxy/ping", proxy_headers(connection), json)
  end)
end

-- an action that calls the upstream and returns what it said; with zod it checks its input first
local function action(name)
  return of_each_connection(function(connection)
    local headers = proxy_headers(connection)
    headers["Base-Url-Override"] = nil
    return wrk.format("POST", "/action/trigger", headers,
      '{"action_name":"' .. name .. '","input":{"upstream":"' .. upstream .. '","name":"ada"}}')
  end)
end
builders.action_empty = function() return action("empty") end
builders.action = function() return action("call") end
builders.action_zod = function() return action("call-zod") end

local next_request
function init(args)
  next_request = builders[name]()
end
function request() return next_request() end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"duration_us":%d,"bytes":%d,"err_connect":%d,"err_read":%d,"err_write":%d,"err_status":%d,"err_timeout":%d,' ..
    '"mean":%.1f,"p50":%d,"p75":%d,"p90":%d,"p99":%d,"p999":%d,"max":%d,"min":%d}\n',
    summary.requests, summary.duration, summary.bytes, e.connect, e.read, e.write, e.status, e.timeout,
    latency.mean, latency:percentile(50), latency:percentile(75), latency:percentile(90),
    latency:percentile(99), latency:percentile(99.9), latency.max, latency.min))
end
